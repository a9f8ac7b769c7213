"""How much of a process is in memory, and of which of its mapped files (Linux)."""

import re
from collections import Counter
from pathlib import Path

_KB = re.compile(r"(\w+):\s+(\d+) kB")
_MAPPING = re.compile(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+\s*(.*)")
OWN = "own"


def resident_bytes() -> Counter[str]:
    """Resident bytes by the name of the mapped file; `own`: what is no file's."""
    found: Counter[str] = Counter()
    name = OWN
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if mapping := _MAPPING.fullmatch(line):
            name = Path(mapping[1]).name if mapping[1].startswith("/") else OWN
        elif (told := _KB.match(line)) and told[1] == "Rss":
            found[name] += 1024 * int(told[2])
    return found
