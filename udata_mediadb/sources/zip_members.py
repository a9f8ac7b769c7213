"""Members of a ZIP, as client and portal read them: their names, and what keeps one shut."""

import lzma
import zipfile
import zlib

_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
# What `zipfile` raises for members that are damaged, encrypted or packed in an unknown way.
UNREADABLE = (
    *(zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError),
    *(zlib.error, lzma.LZMAError, OSError),
)


def decoded_name(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: UTF-8 where it is that, whatever the flag says; else code page 437
    (APPNOTE 4.4.4 and appendix D)."""
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    """Whether it takes a password."""
    return bool(member.flag_bits & _ENCRYPTED_FLAG)
