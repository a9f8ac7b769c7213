"""When a process is tuned: at the first use of the app in it, whatever that is."""

from typing import Any

from flask import Flask, appcontext_pushed

from ..recognition.process import ProcessTuning


def tune_at_first_use(app: Flask) -> None:
    """Tune each process that serves a request, runs a command or a job of this app.

    Not at once: a server may fork afterwards, and the portal may still change the setting.
    """
    tuning = ProcessTuning()

    def ensure(_app: Flask, **_more: Any) -> None:
        if app.config["MEDIADB_TUNE_PROCESS"]:
            tuning.ensure()

    appcontext_pushed.connect(ensure, sender=app, weak=False)
