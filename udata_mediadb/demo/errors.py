"""What the demo command says to a human, on one line, before it exits with 1."""


class DemoError(Exception):
    """Something that the person at the keyboard can act on; the message says how."""


class MongodUnavailable(DemoError):
    """There is no usable mongod here, or it did not start."""
