"""An index that keeps nothing in memory: after each change it is written and opened anew."""


class Flushed:
    """Of a segment format; see the Index seam."""

    def __init__(self, form, folder):
        self._form = form
        self._index = form.index()
        self._folder = folder

    def __len__(self):
        return len(self._index)

    def add(self, ids, descriptions):
        self._index.add(ids, descriptions)
        path = self._folder / str(len(self._index.segments))
        self._form.write(path, [self._index.delta])
        known = list(self._index.segments)
        segments = [segment for segment, _ in known] + [self._form.open(path)]
        tombstones = [dead for _, dead in known] + [self._index.delta.dead]
        self._index = self._form.index(segments, tombstones)

    def discard(self, ids):
        self._index.discard(ids)

    def shortlist(self, description, k, allowed=None):
        return self._index.shortlist(description, k, allowed)
