"""Start and stop the processes of the demo, each on its leash (`leash.py`)."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_LEASH = Path(__file__).with_name("leash.py")
_LEASH_MARGIN_S = 1.0  # what the leash itself may take after its grace period


class LeashedProcess:
    """A command that ends at `stop()`, and also when this process dies without calling it.

    Its output goes to `log_path` (mode 0600, emptied at each start). It has its own session, so a
    Ctrl-C in the terminal reaches only us, and we decide the order in which things stop.
    `pass_fds`: descriptors that the command inherits under the same numbers.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log_path: Path,
        grace_s: float,
        environment: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.log_path = log_path
        self._grace_s = grace_s
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        log = os.open(log_path, flags, 0o600)
        try:
            self._leash = subprocess.Popen(  # noqa: S603 - built by our own package
                [sys.executable, "-I", "-S", str(_LEASH), str(grace_s), *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=None if environment is None else {**os.environ, **environment},
                start_new_session=True,
                pass_fds=pass_fds,
            )
        finally:
            os.close(log)

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._leash.poll()

    def stop(self) -> None:
        """End the command and everything in its process group; harmless when it has ended."""
        # A signal as well as the closed pipe: a fork of this process may hold a copy of our end.
        self._leash.terminate()
        if self._leash.stdin is not None:
            self._leash.stdin.close()
        try:
            self._leash.wait(self._grace_s + _LEASH_MARGIN_S)
        except subprocess.TimeoutExpired:
            self._leash.kill()
            self._leash.wait()

    def log_tail(self, lines: int = 8) -> str:
        """The last lines that it wrote, for an error message."""
        text = self.log_path.read_text(encoding="utf-8", errors="replace")
        return "\n".join(line[:400] for line in text.splitlines()[-lines:])
