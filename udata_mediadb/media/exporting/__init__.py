"""What leaves the library in bulk: tables for people and programs, and for an import."""
