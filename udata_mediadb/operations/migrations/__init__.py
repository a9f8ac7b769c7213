"""Bringing the documents of earlier versions into the form of this one."""
