"""Search structures over descriptions: which few references are worth verifying.

An index is a cache: it can be rebuilt from the stored descriptions at any time.
"""
