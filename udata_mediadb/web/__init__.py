"""What both dialects share of a request and an answer."""
