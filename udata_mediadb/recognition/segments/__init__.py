"""Immutable files of an index that workers share."""
