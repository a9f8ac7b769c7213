"""Search by image: filter, shortlist, verify, rank."""
