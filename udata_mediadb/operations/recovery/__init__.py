"""What a crash can leave, named and mended."""
