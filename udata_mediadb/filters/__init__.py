"""Keywords, metadata and words -> one MongoDB query."""
