"""The portal of the tests, with a route that says how its process computes."""

import os
import resource
from typing import Any

import cv2
import numpy as np
from flask import Flask
from threadpoolctl import threadpool_info

from .portal import create_app as create_portal

_BYTES = 8 << 20  # a picture of three megapixels
_COPIES = 4  # that describing it has at a time
_PAGE = 4096


def create_app() -> Flask:
    app = create_portal()
    app.add_url_rule("/process", view_func=describe_process)
    return app


def describe_process() -> dict[str, Any]:
    """`threads` by library; `kept`: the share of pages that one more picture found in place."""
    return {
        "process": os.getpid(),
        "threads": {
            **{pool["internal_api"]: pool["num_threads"] for pool in threadpool_info()},
            "opencv": cv2.getNumThreads(),
        },
        "kept": _kept_share(),
    }


def _kept_share() -> float:
    _write_and_free()
    before = _faults()
    _write_and_free()
    return 1 - (_faults() - before) / (_COPIES * _BYTES / _PAGE)


def _write_and_free() -> None:
    [np.full(_BYTES, 7, np.uint8) for _ in range(_COPIES)]


def _faults() -> int:
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
