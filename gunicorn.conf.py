"""How the server runs. Everything that can be set comes from the environment, through the settings."""

import os

if os.environ.get("WORKER_CLASS", "gevent") == "gevent":
    from gevent import monkey

    monkey.patch_all()  # before anything imports ssl or requests

import resource

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from engine.config import Settings, SettingsError
from engine.logs import OneLine

try:
    settings = Settings.load()
except SettingsError as error:
    raise SystemExit(str(error)) from None

bind = f"{settings.host}:{settings.port}"
worker_class = {"gevent": "engine.workers.Gevent", "gthread": "engine.workers.Gthread"}[settings.worker_class]
workers = settings.workers or (1 if settings.cache_type == "memory" else os.cpu_count() or 1)
threads = 256  # under gthread a waiting request costs one; health must always find one
worker_connections = 4000
backlog = 2048
keepalive = 30  # also how long a request may take to arrive
timeout = 60
graceful_timeout = 8  # before a container's ten seconds are over
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 4094
forwarder_headers = ""  # no header may rename a path,
secure_scheme_headers = {}  # or say what it came by,
forwarded_allow_ips = "*"  # so that nobody needs to be told apart
loglevel = settings.log_level.lower()
control_socket_disable = True


def on_starting(server: Arbiter) -> None:
    """One event a line in gunicorn's log too, and a file for each connection."""
    for handler in server.log.error_log.handlers:
        handler.setFormatter(OneLine(server.log.error_fmt, server.log.datefmt))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def post_worker_init(worker: Worker) -> None:
    """Start what runs in the background in the worker, where it belongs."""
    worker.wsgi.extensions["warming"].start()


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """Stop it before the pools that it asks with are gone."""
    if hasattr(worker, "wsgi"):
        worker.wsgi.extensions["warming"].stop()
