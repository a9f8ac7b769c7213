"""`mediadb`, the command line; it talks HTTP only, so it runs anywhere."""
