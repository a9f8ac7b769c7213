"""Other ways to speak to the same actions."""
