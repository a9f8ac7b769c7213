"""The rights of a picture as blocks of the copy that is served: who made it, and what one may do.

Nothing else of a file is handed on: places, serial numbers and thumbnails stay behind.
"""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from PIL import ExifTags, Image

from .facts import Facts


@dataclass(frozen=True)
class Rights:
    """Creators, credit line, copyright notice and licence; what is None or empty is left out."""

    creators: tuple[str, ...] = ()
    credit: str | None = None
    copyright: str | None = None
    licence_url: str | None = None

    def __bool__(self) -> bool:
        return bool(self.creators or self.credit or self.copyright or self.licence_url)


NO_RIGHTS = Rights()


def rights_of(facts: Facts) -> Rights:
    """What of the facts goes on."""
    return Rights(facts.creators, facts.credit, facts.copyright, facts.licence_url)


def exif_block(rights: Rights) -> bytes:
    """Artist and Copyright, for readers that know EXIF only; in UTF-8."""
    exif = Image.Exif()
    for tag, text in (
        (ExifTags.Base.Artist, "; ".join(rights.creators)),
        (ExifTags.Base.Copyright, rights.copyright or ""),
    ):
        if text:
            exif[tag] = text.encode()  # bytes: Pillow would write question marks
    return exif.tobytes() if len(exif) else b""


def xmp_packet(rights: Rights) -> bytes:
    """By the names of IPTC's photo metadata, and Creative Commons' for the licence."""
    creators = "".join(f"<rdf:li>{escape(one)}</rdf:li>" for one in rights.creators)
    parts = [
        f"<dc:creator><rdf:Seq>{creators}</rdf:Seq></dc:creator>" if creators else "",
        _element("photoshop:Credit", rights.credit),
        _rights(rights.copyright),
        _element("xmpRights:WebStatement", rights.licence_url),
        _element("cc:license", rights.licence_url),
    ]
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
        ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"'
        f' xmlns:cc="http://creativecommons.org/ns#">{"".join(parts)}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _element(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _rights(text: str | None) -> str:
    if not text:
        return ""
    item = f'<rdf:li xml:lang="x-default">{escape(text)}</rdf:li>'
    return f"<dc:rights><rdf:Alt>{item}</rdf:Alt></dc:rights>"
