"""How this process computes: one thread for a product, two for a picture, and a heap that keeps its
pages.

Without it (docs/benchmarks/throughput.md) the threads of OpenBLAS and OpenCV of all workers spin
while they wait for each other; and glibc gives the memory of every picture back to the system, to
be faulted in again page by page for the next one.

Both belong to the process and not to an app, so that the host's own numpy is held to one thread as
well: a setting switches it off. Knows nothing that is not loaded yet: so called at first use.
"""

import ctypes
import os
import sys
from dataclasses import dataclass, field

import cv2
from threadpoolctl import ThreadpoolController

from .side_by_side import allow_helpers

# malloc.h of glibc
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -2, -3, -8
_MB = 1 << 20
# Blocks of 15 MB and more are mapped by themselves and given back when they are freed: those of
# Pillow's large pictures are, as many lines as 16 MB hold (its ImagingMemoryArena).
# Of the rest, what is free at the end of the heap is kept up to 192 MB, which two pictures of a
# camera take side by side, and a closer look at the parts of one; the heap grows in steps of 32 MB.
# Describing a picture of 0.8 megapixels by match and colors: 2,400 page faults without, 10 with; 47
# and 40 ms of processor time. For a closer look: 27,000 with 128 MB, none with 192; 270 to 330 and
# 217 ms; a worker keeps 326 MB after it, 247 before.
# One arena: threads free what others have taken, and each arena would keep as much for itself.
_HEAP = (
    (_M_MMAP_THRESHOLD, 15 * _MB),
    (_M_TRIM_THRESHOLD, 192 * _MB),
    (_M_TOP_PAD, 32 * _MB),
    (_M_ARENA_MAX, 1),
)

# Threads of OpenCV for one picture, and of a request (`side_by_side`), where there are cores. SIFT
# took 52 ms of the clock with one and 33 with two, and the processor the same; beside as many other
# processes as there are cores, or twice as many, none describes fewer pictures a second.
_THREADS = 2


@dataclass
class ProcessTuning:
    """In which process it was done. Safe in threads: twice does no harm.

    `threads`: at most, of OpenCV for one picture and of a request; one in a process of several that
    share the cores already.
    """

    threads: int = _THREADS
    _done_in: int | None = field(default=None, init=False)

    def ensure(self) -> None:
        """Tune this process, unless it was done in it; a fork is a new one."""
        if self._done_in != os.getpid():
            threads = min(self.threads, cores())
            limit_threads(threads)
            allow_helpers(threads - 1)
            keep_heap()
            self._done_in = os.getpid()


def cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def limit_threads(of_opencv: int = 1) -> None:
    """One thread for each call of BLAS and OpenMP, of all that are loaded, so many of OpenCV."""
    ThreadpoolController().limit(limits=1)
    cv2.setNumThreads(of_opencv)


def _end_threads_of_opencv() -> None:
    """A fork would wait for threads of the pool that it has not; they begin again when needed."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    cv2.setNumThreads(threads)


os.register_at_fork(before=_end_threads_of_opencv)


def keep_heap() -> bool:
    """Keep freed memory for the next picture; False where the C library is not glibc."""
    libc = _glibc()
    if libc is None:
        return False
    return all(libc.mallopt(option, value) for option, value in _HEAP)


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None
