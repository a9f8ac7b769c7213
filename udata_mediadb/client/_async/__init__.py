"""The client for asyncio; `_sync` is made from it by tools/make_sync_client.py."""
