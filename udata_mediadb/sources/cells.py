"""Texts as cells of a CSV that spreadsheets open: none of them is taken for a formula.

What begins as a formula does gets an apostrophe before it, and so does what has that already: so
whoever reads a cell takes one away again, and has the very text (OWASP, CSV injection).
"""

import re

_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")  # the last four are full-width


def to_cell(text: str) -> str:
    """The text, with an apostrophe where a spreadsheet would compute it."""
    return f"'{text}" if _FORMULA.match(text) else text


def from_cell(cell: str) -> str:
    """The text of a cell that `to_cell` made."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
