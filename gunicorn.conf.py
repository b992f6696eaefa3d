"""How the server runs. Everything that can be set comes from the environment, through the settings."""

import os

if os.environ.get("WORKER_CLASS", "gevent") == "gevent":
    from gevent import monkey

    monkey.patch_all()  # before anything imports ssl or requests

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from engine.config import Settings, SettingsError

try:
    settings = Settings.load()
except SettingsError as error:
    raise SystemExit(str(error)) from None

bind = f"{settings.host}:{settings.port}"
worker_class = settings.worker_class
workers = settings.workers or (1 if settings.cache_type == "memory" else os.cpu_count() or 1)
threads = 256  # under gthread a waiting request costs one; health must always find one
worker_connections = 2000
backlog = 2048
keepalive = 75
timeout = 60
graceful_timeout = 8  # before a container's ten seconds are over
limit_request_line = 0  # up to gunicorn's own megabyte: the engine answers what is too long itself
loglevel = settings.log_level.lower()
control_socket_disable = True


def post_worker_init(worker: Worker) -> None:
    """Start what runs in the background in the worker, where it belongs."""
    worker.wsgi.extensions["warming"].start()


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """Stop it before the pools that it asks with are gone."""
    if hasattr(worker, "wsgi"):
        worker.wsgi.extensions["warming"].stop()
