"""Tables and archives that pictures come in by, and files that are written: by client and portal.

Standard library alone: it is in the client's wheel as well.
"""
