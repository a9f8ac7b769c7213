"""The Python client and the command line, on a real portal."""
