"""A process that obeys the modes of files, also where root starts it."""

import sys

_DROP = """
import ctypes, os, sys
if os.geteuid() == 0:
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        if ctypes.CDLL(None, use_errno=True).prctl(24, capability, 0, 0, 0):  # PR_CAPBSET_DROP
            raise OSError(ctypes.get_errno(), "capabilities cannot be dropped here")
os.execv(sys.argv[1], sys.argv[1:])
"""
OBEDIENT = [sys.executable, "-c", _DROP]  # before the words of a command
