"""gunicorn that imports before it forks: `python -m tests.portal_server ARGUMENTS OF GUNICORN`.

The imports take a second (in udata four), and every worker that is started or replaced would need
them. Only modules are shared: each worker makes its own app, threads and connections, as in a
portal without `--preload`.
"""

from importlib import import_module

from gunicorn.app.wsgiapp import run

from .portal import current_host

if __name__ == "__main__":
    current_host()  # udata before us, as everywhere
    import_module("udata_mediadb.mounting.app")
    run()
