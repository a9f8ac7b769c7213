"""The connection, the base of our documents, the time and ids as MongoDB has them."""
