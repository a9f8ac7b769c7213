"""gunicorn's settings for the demo; the command gives the socket and the number of workers.

A file and not options, because gunicorn ignores names here that its version does not know.
"""

worker_class = "gthread"
threads = 16  # mostly waiting; a few slow clients must not hold them all
timeout = 60
graceful_timeout = 2  # the demo promises to be gone 5 s after Ctrl-C, mongod included
accesslog = "-"
control_socket_disable = True  # since 25.1: a socket in the home, which two demos would share
