"""Pages of the documentation, done as they are written."""
