"""A search in the words of a graph's file, compiled; the file stays where it is mapped.

The same steps as hnswlib's `searchKnn`, in the same order, so it finds the same rows. Imported only
where the extra `[scale]` is installed. Links to what is not there are left out, never followed.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled, compiled_sums

Words = NDArray[np.uint32]
Numbers = NDArray[np.float32]
Mask = NDArray[np.uint8]
Heap = tuple[NDArray[np.float32], NDArray[np.int64]]  # keys, the least first, and values


class Layout(NamedTuple):
    """Where things are in the file, in words of four bytes.

    Element i begins at `begin + i * stride`: its links, at most `links`, after a word that counts
    them; `data` on, its vector; `label` on, its row. `upper`: most links on the other levels.
    """

    begin: int
    stride: int
    data: int
    label: int
    links: int
    upper: int
    elements: int
    entry: int
    levels: int


@compiled
def upper_levels(words: Words, start: int, count: int) -> tuple[Words, NDArray[np.int64]]:
    """Which elements are on other levels than the lowest, and where their links begin there.

    None at all where the file does not end with those of the last element.
    """
    elements = np.empty(count, np.uint32)
    places = np.empty(count + 1, np.int64)
    found = 0
    place = start
    for element in range(count):
        if place >= len(words):
            return elements[:0], places[:0]
        size: Any = np.int64(words[place]) // 4
        place += 1
        if size > 0:
            elements[found] = element
            places[found] = place
            found += 1
            place += size
    places[found] = place
    if place != len(words):
        return elements[:0], places[:0]
    return elements[:found].copy(), places[: found + 1].copy()


@compiled
def nearest_rows(
    words: Words,
    numbers: Numbers,
    layout: Layout,
    upper: tuple[Words, NDArray[np.int64]],
    query: Numbers,
    kept: Mask,
    k: int,
    breadth: int,
) -> NDArray[np.int64]:
    """Up to k rows, nearest first. `kept`: by row, which may be found; empty: all.

    `words`, `numbers`: the same file as integers and as floats; `upper`: as `upper_levels` says.
    """
    begin = _descended(words, numbers, layout, upper, query)
    seen = np.zeros(layout.elements, np.uint8)
    seen[begin] = 1
    # the nearest so far, the farthest of them first; and those from which to go on
    best = np.empty(breadth + 1, np.float32), np.empty(breadth + 1, np.int64)
    ahead = np.empty(1 << 12, np.float32), np.empty(1 << 12, np.int64)
    first = _distance(numbers, layout.begin + begin * layout.stride + layout.data, query)
    found = 0
    if len(kept) == 0 or kept[_row(words, layout, begin)] != 0:
        found = _pushed(best[0], best[1], found, -first, begin)
    waiting = _pushed(ahead[0], ahead[1], 0, first if found else np.float32(np.inf), begin)
    while waiting > 0:
        farthest = -best[0][0] if found else np.float32(np.inf)
        if ahead[0][0] > farthest and (len(kept) == 0 or found == breadth):
            break
        element = ahead[1][0]
        waiting = _popped(ahead[0], ahead[1], waiting)
        while waiting + layout.links > len(ahead[0]):
            ahead = _longer(ahead[0]), _longer(ahead[1])
        found, waiting = _around(
            words, numbers, layout, query, kept, element, seen, best, found, ahead, waiting
        )
    return _rows(words, layout, best[0][:found], best[1][:found], k)


@compiled
def _around(
    words: Words,
    numbers: Numbers,
    layout: Layout,
    query: Numbers,
    kept: Mask,
    element: int,
    seen: Mask,
    best: Heap,
    found: int,
    ahead: Heap,
    waiting: int,
) -> tuple[int, int]:
    """Look at the neighbours of an element; how many there are in `best` and in `ahead` now."""
    breadth = len(best[0]) - 1
    farthest = -best[0][0] if found else np.float32(np.inf)
    place = layout.begin + element * layout.stride
    links: Any = min(np.int64(words[place] & np.uint32(0xFFFF)), layout.links)
    for link in range(place + 1, place + 1 + links):
        other = np.int64(words[link])
        if other >= layout.elements or seen[other] != 0:
            continue
        seen[other] = 1
        start = layout.begin + other * layout.stride + layout.data
        distance = _distance(numbers, start, query)
        if found == breadth and distance >= farthest:
            continue
        waiting = _pushed(ahead[0], ahead[1], waiting, distance, other)
        if len(kept) == 0 or kept[_row(words, layout, other)] != 0:
            found = _pushed(best[0], best[1], found, -distance, other)
            if found > breadth:
                found = _popped(best[0], best[1], found)
        if found:
            farthest = -best[0][0]
    return found, waiting


@compiled
def _row(words: Words, layout: Layout, element: int) -> int:
    row: Any = np.int64(words[layout.begin + element * layout.stride + layout.label])
    return row if row < layout.elements else 0


@compiled
def _rows(
    words: Words, layout: Layout, best: Numbers, best_at: NDArray[np.int64], k: int
) -> NDArray[np.int64]:
    order = np.argsort(-best)[:k]
    rows = np.empty(len(order), np.int64)
    for i in range(len(order)):
        rows[i] = _row(words, layout, best_at[order[i]])
    return rows


@compiled
def _descended(
    words: Words,
    numbers: Numbers,
    layout: Layout,
    upper: tuple[Words, NDArray[np.int64]],
    query: Numbers,
) -> int:
    """The element of the lowest level to begin with: the nearest on those above, step by step."""
    elements, places = upper
    element: Any = np.int64(layout.entry)
    nearest = _distance(numbers, layout.begin + element * layout.stride + layout.data, query)
    width = layout.upper + 1
    for level in range(layout.levels, 0, -1):
        closer = True
        while closer:
            closer = False
            number = np.searchsorted(elements, element)
            if number == len(elements) or elements[number] != element:
                break
            place = places[number] + (level - 1) * width
            if place + width > places[number + 1]:
                break
            links = min(np.int64(words[place] & np.uint32(0xFFFF)), layout.upper)
            for link in range(place + 1, place + 1 + links):
                other = np.int64(words[link])
                if other >= layout.elements:
                    continue
                start = layout.begin + other * layout.stride + layout.data
                distance = _distance(numbers, start, query)
                if distance < nearest:
                    nearest, element, closer = distance, other, True
    return element


@compiled_sums
def _distance(numbers: Numbers, start: int, query: Numbers) -> np.float32:
    """Squared, as hnswlib measures."""
    vector = numbers[start : start + len(query)]
    total = np.float32(0)
    for i in range(len(query)):
        apart = vector[i] - query[i]
        total += apart * apart
    return total


@compiled
def _pushed(
    keys: Numbers, values: NDArray[np.int64], count: int, key: np.float32, value: int
) -> int:
    """Into a heap whose least key comes first; how many it has now."""
    place = count
    while place > 0:
        above = (place - 1) >> 1
        if keys[above] <= key:
            break
        keys[place], values[place] = keys[above], values[above]
        place = above
    keys[place], values[place] = key, value
    return count + 1


@compiled
def _popped(keys: Numbers, values: NDArray[np.int64], count: int) -> int:
    """Without the first; how many it has now."""
    count -= 1
    key, value = keys[count], values[count]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= count:
            break
        if below + 1 < count and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[place], values[place] = keys[below], values[below]
        place = below
    keys[place], values[place] = key, value
    return count


@compiled
def _longer(array: NDArray[np.generic]) -> NDArray[np.generic]:
    longer = np.empty(2 * len(array), array.dtype)
    longer[: len(array)] = array
    return longer
