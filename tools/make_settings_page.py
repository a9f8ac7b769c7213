"""Write the settings' sections of docs/settings.md anew: python tools/make_settings_page.py"""

from pathlib import Path

from udata_mediadb.settings import SETTINGS

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
OTHERS = "## Settings of others that matter here"


def main() -> None:
    head, _, rest = PAGE.read_text().partition("\n## ")
    sections = [f"## {s.name}\n\n{s.help}\nDefault: `{s.default!r}`.\n" for s in SETTINGS]
    others = rest[rest.index(OTHERS.removeprefix("## ")) :]
    PAGE.write_text("\n".join([head, *sections, "## " + others]))


if __name__ == "__main__":
    main()
