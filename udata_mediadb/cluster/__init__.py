"""Shards on Ray: compute only. MongoDB stays the truth, a bucket has the segments.

The one package that imports ray; a portal does not need it.
"""
