"""An index of vectors: exact, or by a graph."""
