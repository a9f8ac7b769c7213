"""Duplicates: pairs that a search with each media found, groups of them, and decisions."""
