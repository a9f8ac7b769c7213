"""gunicorn that imports before it forks: `python -m tests.portal_server ARGUMENTS OF GUNICORN`.

The imports take a second (in udata four), and every worker that is started or replaced would need
them. Only modules are shared: each worker makes its own app, threads and connections, as in a
portal without `--preload`.
"""

from gunicorn.app.wsgiapp import run

import udata_mediadb.mounting

from .portal import current_host

__all__ = ["udata_mediadb"]

if __name__ == "__main__":
    current_host()
    run()
