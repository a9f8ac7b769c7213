"""What a command says about something that it made."""

import sys

import click


def tell_made(sentence: str, text: object) -> None:
    """The bare text on standard output; the sentence for a person on a terminal's standard error.

    So `KEY=$(flask mediadb key create …)` takes the key and still shows what it is, and a program
    that reads both gets the text alone.
    """
    if sys.stderr.isatty():
        click.echo(sentence, err=True)
    click.echo(text)
