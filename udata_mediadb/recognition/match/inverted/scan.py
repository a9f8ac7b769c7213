"""The fastest scan that is installed."""

from importlib.util import find_spec

from . import scan_numpy

if find_spec("numba") is None:
    scan = scan_numpy.scan
else:
    from .scan_numba import scan

__all__ = ["scan"]
