"""Hashes, seals and signatures over the secrets of a portal."""
