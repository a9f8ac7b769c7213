"""How functions are compiled. Imported only where the extra `[scale]` is installed."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiled at its first call; kept for other processes where numba finds a place for it.

    It looks beside the source and in the home, and in a container there may be neither.
    """
    return _compiled(function)


def compiled_sums(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for sums of floats, whose order the compiler may choose: so it vectorises them."""
    return _compiled(function, fastmath=True)


def _compiled(function: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    try:
        return numba.njit(nogil=True, cache=True, **options)(function)
    except RuntimeError:
        return numba.njit(nogil=True, **options)(function)
