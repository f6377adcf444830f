"""How the web server runs, in `make run` and in production: `gunicorn portal.wsgi`."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("GUICHET_WEB_WORKERS", "2"))
threads = int(os.environ.get("GUICHET_WEB_THREADS", "4"))
preload_app = True  # one copy of the code in memory
control_socket_disable = True  # it would be opened in the home folder
timeout = 60
graceful_timeout = 15
keepalive = 5
max_requests = 20_000  # whatever leaks somewhere does not add up
max_requests_jitter = 2_000
loglevel = "warning"
