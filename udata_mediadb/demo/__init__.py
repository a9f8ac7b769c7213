"""A portal to try the plugin: embedded MongoDB, gunicorn, one user, a few pictures.

For trying out and for tests, never for production: it listens on 127.0.0.1 only and its MongoDB
has no access control.
"""
