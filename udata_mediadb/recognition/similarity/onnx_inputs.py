"""What an ONNX file says of its inputs, read without any library.

OpenCV runs what it is given: a network for grey pictures takes coloured ones and answers nonsense.
The file is protocol buffers (protobuf.dev/programming-guides/encoding); field numbers are those of
onnx.proto, https://github.com/onnx/onnx. Weights are skipped, not read.
"""

from collections.abc import Iterator

from .encoder import BadEncoder

Shape = tuple[int | None, ...]  # None: any
_Field = tuple[int, int | memoryview]

_GRAPH = 7  # of ModelProto
_INITIALIZER, _INPUT = 5, 11  # of GraphProto
_TENSOR_NAME = 8  # of TensorProto
_VALUE_NAME, _VALUE_TYPE = 1, 2  # of ValueInfoProto
_TENSOR_TYPE, _SHAPE, _DIMENSION, _LENGTH = 1, 2, 1, 1  # of TypeProto, .Tensor, TensorShapeProto
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def check_input(data: bytes, shape: tuple[int, ...]) -> None:
    """BadEncoder where the network of these bytes does not take one input of this shape."""
    try:
        found = _inputs(memoryview(data))
    except (IndexError, ValueError) as exc:
        raise BadEncoder("it is no ONNX file, or not a whole one") from exc
    if len(found) != 1:
        raise BadEncoder(f"it has {len(found)} inputs: {', '.join(found)}; one is accepted")
    for name, dimensions in found.items():
        fits = len(dimensions) == len(shape) and all(
            said in (None, wanted) for said, wanted in zip(dimensions, shape, strict=True)
        )
        if dimensions and not fits:
            shown = ", ".join("any" if said is None else str(said) for said in dimensions)
            raise BadEncoder(f"its input {name} has shape ({shown}), {shape} is given")


def _inputs(model: memoryview) -> dict[str, Shape]:
    """Shapes by name; empty where none is said. Weights that old files list as inputs are not."""
    graph = _message(model, _GRAPH)
    weights = set()
    shapes: dict[str, Shape] = {}
    for number, value in _fields(graph):
        if number == _INITIALIZER and isinstance(value, memoryview):
            weights.add(_text(_message(value, _TENSOR_NAME)))
        if number == _INPUT and isinstance(value, memoryview):
            shapes[_text(_message(value, _VALUE_NAME))] = _shape(value)
    return {name: shape for name, shape in shapes.items() if name not in weights}


def _shape(value: memoryview) -> Shape:
    tensor = _message(_message(value, _VALUE_TYPE), _TENSOR_TYPE)
    dimensions = [
        part for number, part in _fields(_message(tensor, _SHAPE)) if number == _DIMENSION
    ]
    return tuple(_length(part) for part in dimensions if isinstance(part, memoryview))


def _length(dimension: memoryview) -> int | None:
    for number, value in _fields(dimension):
        if number == _LENGTH and isinstance(value, int):
            return value if value > 0 else None
    return None


def _message(data: memoryview, wanted: int) -> memoryview:
    """The last field of that number, as a reader of protocol buffers takes it; or nothing."""
    found = memoryview(b"")
    for number, value in _fields(data):
        if number == wanted and isinstance(value, memoryview):
            found = value
    return found


def _fields(data: memoryview) -> Iterator[_Field]:
    """Number and value of each field. IndexError or ValueError where the bytes end too early."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        kind = key & 7
        if kind == _VARINT:
            value, place = _varint(data, place)
            yield key >> 3, value
            continue
        if kind == _BYTES:
            length, place = _varint(data, place)
        elif kind in (_FIXED32, _FIXED64):
            length = 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"no wire type {kind}")
        if place + length > len(data):
            raise ValueError("a field is longer than its message")
        yield key >> 3, data[place : place + length]
        place += length


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    """The number there, and the place after it."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("a number without end")


def _text(value: memoryview) -> str:
    return str(value, "utf-8")
