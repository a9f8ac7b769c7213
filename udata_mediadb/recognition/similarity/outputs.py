"""Which output of a network is read."""

from .encoder import BadEncoder


def chosen_output(names: list[str], output: str | None) -> str:
    """The name of the output to read. BadEncoder where there is none or a choice."""
    if output is None and len(names) == 1:
        return names[0]
    if output is None:
        raise BadEncoder(f"it has several outputs, name one of {', '.join(sorted(names))}")
    if output not in names:
        raise BadEncoder(f"it has no output {output!r}, but {', '.join(sorted(names))}")
    return output
