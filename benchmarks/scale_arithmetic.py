"""What a portal of many pictures takes: memory, disks, processors, machines.

    python -m benchmarks.scale_arithmetic

Arithmetic from figures of one machine, each of which names where it was measured. The tables of
docs/explanation/scale.md are what this prints.
"""

import math

from .report import table

# Bytes a picture. Codes, the rest and the table of ranges: `ls -l` of the segment of a million of
# `benchmarks.shortlist_scale` (457 postings a picture).
CODES, SEEN, OTHERS = 3659, 1830, 45
SIMILARITY, SIMILARITY_DISK = 1269, 2272  # docs/benchmarks/vector_scale.md, a million, 256 numbers
COLORS, COLORS_DISK = 328, 386  # same place
DESCRIPTION = 45_000  # in MongoDB: docs/decisions/0014-compact-descriptions.md
# Processor seconds. The scan and the scoring grow with the pictures, the rest does not:
# docs/benchmarks/shortlist_scale.md, docs/explanation/match.md ("Time")
PER_MILLION, WORDS, DESCRIBE, VERIFY = 0.075, 0.020, 0.080, 0.025
DESCRIBE_UPLOAD, INDEX_UPLOAD = 0.085, 0.0048  # docs/explanation/match.md, portal_scale.md
MERGE_PER_MILLION_S = 34  # processor seconds that a merge of a million takes, measured once

# Believed, not measured: a machine for shards, and how much of its memory they may fill.
MACHINE_GB, USABLE, CORES, COPIES = 256, 0.8, 32, 2
SIZES = (1_000_000, 3_000_000, 10_000_000, 100_000_000, 1_000_000_000)


def main() -> None:
    print(table(_SPACE_HEAD, [_space(size) for size in SIZES]))
    print()
    print(table(_TIME_HEAD, [_time(size) for size in SIZES]))


_SPACE_HEAD = (
    "pictures",
    "codes in memory",
    "similarity and colors in memory",
    "index files on a disk",
    "MongoDB, one copy",
    "machines of 256 GB, two copies",
)
_TIME_HEAD = (
    "pictures",
    "processor s a search",
    "ms a search, shards over all cores of one copy",
    "searches a second, both copies",
    "processor days to describe all",
    "merges of all, processor hours",
)


def _machines(size: int) -> int:
    """For two copies, at least two from ten million on."""
    hot = size * (CODES + OTHERS + SIMILARITY + COLORS) / 1e9
    needed = COPIES * hot / (MACHINE_GB * USABLE)
    return 1 if size < 10_000_000 else max(COPIES, COPIES * math.ceil(needed / COPIES))


def _space(size: int) -> list[str]:
    files = CODES + SEEN + OTHERS + SIMILARITY_DISK + COLORS_DISK
    return [
        _count(size),
        _bytes(size * CODES),
        _bytes(size * (SIMILARITY + COLORS)),
        _bytes(size * files),
        _bytes(size * DESCRIPTION),
        str(_machines(size)),
    ]


def _time(size: int) -> list[str]:
    constant = WORDS + DESCRIBE + VERIFY
    growing = PER_MILLION * size / 1e6
    machines = _machines(size)
    cores = 1 if machines == 1 else CORES * machines // COPIES
    all_cores = 2 if machines == 1 else CORES * machines
    return [
        _count(size),
        f"{constant + growing:.2f}",
        f"{1000 * (constant + growing / cores):.0f} ({cores} cores)",
        f"{all_cores / (constant + growing):.0f}",
        f"{size * (DESCRIBE_UPLOAD + INDEX_UPLOAD) / 86400:.1f}",
        f"{size / 1e6 * MERGE_PER_MILLION_S / 3600:.2f}",
    ]


def _count(size: int) -> str:
    return f"{size // 1_000_000:,} M" if size < 1_000_000_000 else f"{size // 1_000_000_000} B"


def _bytes(number: float) -> str:
    return f"{number / 1e12:.1f} TB" if number >= 1e12 else f"{number / 1e9:.1f} GB"


if __name__ == "__main__":
    main()
