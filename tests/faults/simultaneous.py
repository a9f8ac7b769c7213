"""Three changes of one media at the same moment, and what is then found by it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Put = Callable[[Mapping[str, Any]], None]
Found = Callable[[Mapping[str, str]], list[str]]


def at_once(calls: Sequence[Callable[[], object]]) -> None:
    """Call all in threads of their own, none before all are ready; what one raises is raised."""
    together = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        together.wait()
        call()

    with ThreadPoolExecutor(len(calls)) as pool:
        list(pool.map(run, calls))


def wrong_after_a_round(n: int, media: str, put: Put, found: Found) -> list[Mapping[str, str]]:
    """Change name, keywords and metadata at once; the queries whose answer is then wrong.

    `n`: the number of the round. What the round before wrote must find nothing any more.
    """
    changes: tuple[Mapping[str, Any], ...] = (
        {"name": f"lion{n}"},
        {"keywords": [f"cat{n}"]},
        {"metadata": {"place": f"zoo{n}"}},
    )
    at_once([lambda change=change: put(change) for change in changes])
    wrong = [query for query in _queries(n) if found(query) != [media]]
    if n:
        wrong += [query for query in _queries(n - 1) if found(query)]
    return wrong


def _queries(n: int) -> tuple[Mapping[str, str], ...]:
    return (
        {"q": f"lion{n}"},
        {"keyword": f"cat{n}"},
        {"metadata.place": f"zoo{n}"},
        {"q": f"cat{n}"},
    )
