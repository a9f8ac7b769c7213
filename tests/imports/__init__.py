"""Imports: what is brought in by the thousand."""
