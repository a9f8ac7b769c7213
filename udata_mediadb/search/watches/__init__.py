"""Watches: who wants to be told when a picture appears, or when one of theirs is used."""
