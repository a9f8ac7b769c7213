"""Tables and archives that pictures come in by, read alike by the client and by the portal.

Standard library alone: it is in the client's wheel as well.
"""
