"""Media: images with keywords and metadata."""
