"""Applications: the tenants. One holds media, is configured for signatures, has a key pair."""
