"""The exam: is the search good enough for these very pictures? Edits of them are searched for."""
