"""Measurements: each prints a table, and writes it as Markdown into docs/benchmarks/."""
