"""Putting the library on an app: settings, routes, state, commands; imports next to nothing."""
