"""A part of a picture: what is described of it, as if the rest did not exist."""

from dataclasses import dataclass

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Region:
    """A part of an upright picture, in fractions of its width and height; inside it."""

    x: float
    y: float
    width: float
    height: float

    def box(self, size: tuple[int, int]) -> Box:
        """(left, top, right, bottom) in the pixels of a picture of this size, at least one."""
        left, right = _edges(self.x, self.width, size[0])
        top, bottom = _edges(self.y, self.height, size[1])
        return left, top, right, bottom

    def size(self, whole: tuple[int, int]) -> tuple[int, int]:
        """Its own width and height in a picture of this size."""
        left, top, right, bottom = self.box(whole)
        return right - left, bottom - top

    def before(self, orientation: int) -> "Region":
        """The same part of the picture as it was before EXIF orientation 1-8 turned it upright."""
        x, y, width, height = self.x, self.y, self.width, self.height
        if orientation in (3, 4, 7, 8):
            y = 1 - y - height
        if orientation in (2, 3, 6, 7):
            x = 1 - x - width
        if orientation >= 5:
            x, y, width, height = y, x, height, width
        return Region(x, y, width, height)


WHOLE = Region(0.0, 0.0, 1.0, 1.0)


def _edges(start: float, length: float, side: int) -> tuple[int, int]:
    first = min(max(0, round(start * side)), side - 1)
    return first, min(max(first + 1, round((start + length) * side)), side)
