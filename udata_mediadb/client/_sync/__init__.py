# Made by tools/make_sync_client.py from _async; change that.
"""The client that waits for each answer; made from `_async`."""
