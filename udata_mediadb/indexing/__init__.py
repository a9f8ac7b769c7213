"""Joins the documents with signatures and indexes: what is stored, what each worker has seen."""
