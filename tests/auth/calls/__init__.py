"""The requests of the table of permissions, by the room that answers them."""
