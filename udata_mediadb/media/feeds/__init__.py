"""What other programs read of the library: Atom, JSON-LD and oEmbed."""
