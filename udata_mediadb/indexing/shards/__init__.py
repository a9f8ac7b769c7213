"""Catalogs that are split over machines: one ranking over all shards, and who asks for it."""
