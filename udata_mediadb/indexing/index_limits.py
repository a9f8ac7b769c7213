"""How many media an index keeps where."""

from dataclasses import dataclass


@dataclass(frozen=True)
class IndexLimits:
    """How many media are kept where; tests use small ones.

    `memory`: an application with more media than this gets segments; `delta`: more than this beyond
    the segments are written as one more; `load`: more than this are never loaded by a search, which
    answers 503 while a rebuild runs, and more entries of the log than this, deletions say, are
    written too; `fan`: so many segments of one size are merged; `chunk`: media per segment of a
    rebuild; `catch_up_s`: a search waits no longer for the tail of the log; `kept`: entries of the
    log that stay for those who are behind.
    """

    memory: int = 100  # measured: docs/explanation/match-index.md, "From which size"
    delta: int = 250  # what a restart has to describe, at 8 ms each: decision 0005
    load: int = 4000
    fan: int = 8
    chunk: int = 4000
    catch_up_s: float = 10.0
    # Some 20 MB. More than can be written while the index of a million media is built, which then
    # has to be brought up to date from the log.
    kept: int = 100_000
