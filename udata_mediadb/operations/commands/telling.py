"""What a command says about something that it made."""

import click


def tell_made(sentence: str, text: object) -> None:
    """The sentence for a person on standard error; the bare text alone on standard output.

    So `KEY=$(flask mediadb key create …)` takes the key, and a terminal shows both.
    """
    click.echo(sentence, err=True)
    click.echo(text)
