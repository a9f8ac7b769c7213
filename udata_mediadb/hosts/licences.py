"""Licences of pictures: the portal's own list, else the usual ones by their SPDX ids."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Licence:
    """A licence that a portal knows. `id`: in the portal's words, SPDX's where it has none."""

    id: str
    title: str
    url: str | None = None


_CC = "https://creativecommons.org"
_VARIANTS = {
    "BY": "Attribution",
    "BY-SA": "Attribution-ShareAlike",
    "BY-ND": "Attribution-NoDerivatives",
    "BY-NC": "Attribution-NonCommercial",
    "BY-NC-SA": "Attribution-NonCommercial-ShareAlike",
    "BY-NC-ND": "Attribution-NonCommercial-NoDerivatives",
}
_OTHERS = (
    Licence("CC0-1.0", "Creative Commons Zero 1.0", f"{_CC}/publicdomain/zero/1.0/"),
    Licence("PDM-1.0", "Public Domain Mark 1.0", f"{_CC}/publicdomain/mark/1.0/"),
    Licence("etalab-2.0", "Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte/"),
    Licence(
        "OGL-UK-3.0",
        "Open Government Licence v3.0",
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    ),
    Licence(
        "DL-DE-BY-2.0",
        "Datenlizenz Deutschland Namensnennung 2.0",
        "https://www.govdata.de/dl-de/by-2-0",
    ),
    Licence(
        "DL-DE-ZERO-2.0",
        "Datenlizenz Deutschland Zero 2.0",
        "https://www.govdata.de/dl-de/zero-2-0",
    ),
    Licence(
        "ODbL-1.0", "Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"
    ),
    Licence(
        "GFDL-1.3",
        "GNU Free Documentation License 1.3",
        "https://www.gnu.org/licenses/fdl-1.3.html",
    ),
    Licence("InC-1.0", "In Copyright", "https://rightsstatements.org/vocab/InC/1.0/"),
    Licence(
        "NoC-OKLR-1.0",
        "No Copyright, other known legal restrictions",
        "https://rightsstatements.org/vocab/NoC-OKLR/1.0/",
    ),
)


def usual_licences(further: Mapping[str, Mapping[str, str]]) -> dict[str, Licence]:
    """The usual ones by id, and the portal's `MEDIADB_LICENCES`: id -> title and url."""
    found = {
        (
            one := Licence(
                f"CC-{short}-{version}",
                f"Creative Commons {words} {version}",
                f"{_CC}/licenses/{short.lower()}/{version}/",
            )
        ).id: one
        for version in ("4.0", "3.0", "2.0")
        for short, words in _VARIANTS.items()
    }
    found |= {one.id: one for one in _OTHERS}
    return found | {
        name: Licence(name, about.get("title", name), about.get("url"))
        for name, about in further.items()
    }


def licence_of_url(licences: Mapping[str, Licence], url: str) -> Licence | None:
    """The one that has this address, whether http or https, with or without its last slash."""
    wanted = _bare(url)
    return next((one for one in licences.values() if one.url and _bare(one.url) == wanted), None)


def _bare(url: str) -> str:
    without = url.strip().lower().partition("://")[2].removeprefix("www.")
    return without.removesuffix("legalcode").removesuffix("deed").rstrip("/")
