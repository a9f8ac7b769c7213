"""Backups of a portal: documents, descriptions and files, each content once; and the way back."""
