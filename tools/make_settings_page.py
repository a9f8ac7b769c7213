"""Write the settings' sections of reference/settings.md anew: python tools/make_settings_page.py

What is written by hand below the default of a setting stays.
"""

import re
from pathlib import Path

from udata_mediadb.mounting.settings import SETTINGS, Setting

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "settings.md"
OTHERS = "## Settings of others that matter here"


def main() -> None:
    text = PAGE.read_text()
    head, others = text.partition("\n## ")[0], text[text.index(OTHERS) :]
    PAGE.write_text("\n".join([head, *(_section(s, text) for s in SETTINGS), others]))


def _section(setting: Setting, text: str) -> str:
    there = re.search(rf"^## {setting.name}\n.*?^Default: [^\n]*\n(.*?)^## ", text, re.M | re.S)
    by_hand = there[1].strip() if there else ""
    section = f"## {setting.name}\n\n{setting.help}\nDefault: `{setting.default!r}`.\n"
    return section + (f"\n{by_hand}\n" if by_hand else "")


if __name__ == "__main__":
    main()
