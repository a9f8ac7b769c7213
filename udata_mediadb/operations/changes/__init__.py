"""Changes of many media, more than a request has time for."""
