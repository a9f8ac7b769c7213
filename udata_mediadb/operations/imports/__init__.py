"""Bringing in pictures by the thousand: a ZIP, a table, a IIIF collection, a feed, a folder."""
