"""How the server runs. Everything that can be set comes from the environment, through the settings."""

import os

if os.environ.get("WORKER_CLASS", "gevent") == "gevent":
    from gevent import monkey

    monkey.patch_all()  # before anything imports ssl or requests

import resource
from pathlib import Path

import gevent
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from engine.config import SettingsError, process_settings
from engine.server.resolver import Resolver
from engine.telemetry import logs
from engine.telemetry.metrics import Folder, new_path
from engine.web.services import services_of

gevent.config.resolver = Resolver

if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = new_path()  # workers read it from there

try:
    settings = process_settings()
except SettingsError as error:
    raise SystemExit(str(error)) from None

counted = Folder(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
bind = f"{settings.host}:{settings.port}"
worker_class = {"gevent": "engine.server.Gevent", "gthread": "engine.server.Gthread"}[settings.worker_class]
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


class Lines(Logger):
    """gunicorn's log, written like the engine's own."""

    def setup(self, cfg: Config) -> None:
        """Choose how."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.formatter(settings.log_format))


logger_class = Lines


def on_starting(server: Arbiter) -> None:
    """Nothing counted yet, and a file for each connection."""
    counted.begin()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def post_worker_init(worker: Worker) -> None:
    """Start what runs in the background in the worker, where it belongs."""
    services_of(worker.wsgi).warming.start()


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """Stop it before the pools that it asks with are gone, and leave behind what was counted."""
    if hasattr(worker, "wsgi"):
        services = services_of(worker.wsgi)
        services.warming.stop()
        services.metrics.flush()


def child_exit(server: Arbiter, worker: Worker) -> None:
    """A worker that is gone serves no more; what it has counted stays."""
    counted.bury(worker.pid)


def on_exit(server: Arbiter) -> None:
    """Nobody will ask any more."""
    counted.end()
