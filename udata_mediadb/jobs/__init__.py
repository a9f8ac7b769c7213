"""Work that outlives a request: one queue in MongoDB, and who does what stands in it."""
