"""How pictures are told and found again; knows no web and no database."""
