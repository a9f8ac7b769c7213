"""`mediadb import`: pictures of a folder, a ZIP or a CSV, resumable by a journal."""
