"""Match descriptions as version 0.1 stored them."""

import struct
import zlib

import cv2
import numpy as np

from udata_mediadb.recognition.match.features import find_keypoints


def former_form(array: np.ndarray) -> bytes:
    """What version 0.1 stored of a picture of 512 px: 500 keypoints with SIFT's 128 bytes."""
    grey = cv2.cvtColor(array, cv2.COLOR_RGB2GRAY)
    xy, size, angle, descriptors = find_keypoints(grey, 500, 500)
    height, width = grey.shape
    body = b"".join(
        (
            np.round(xy * 64).astype("<u2").tobytes(),
            size.astype("<f2").tobytes(),
            np.round(angle * 128).astype("<u2").tobytes(),
            descriptors.tobytes(),
            cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA).tobytes(),
            cv2.resize(array, (16, 16), interpolation=cv2.INTER_AREA).tobytes(),
        )
    )
    head = (b"UMD1", 1, len(xy), width, height, width, height)
    form = struct.Struct("<4sHHHHIII")
    return form.pack(*head, zlib.crc32(body, zlib.crc32(form.pack(*head, 0)))) + body
