"""gunicorn's configuration. Every choice comes from the environment, through the settings."""

import gc
import os

gc.disable()  # until all is imported: a collection looks at everything, and next to nothing of it ends

if os.environ.get("WORKER_CLASS", "").strip() in ("", "gevent"):
    from importlib import metadata

    from gevent import monkey

    look = metadata.entry_points
    metadata.entry_points = lambda **_: ()  # gevent would look through all packages for plugins
    monkey.patch_all()  # before anything imports ssl or requests
    metadata.entry_points = look

import logging
import resource
from pathlib import Path

import gevent
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from engine.config import SettingsError, address, server_settings
from engine.server.resolver import Resolver
from engine.store import backends
from engine.telemetry import logs, tracing
from engine.telemetry.metrics import Folder, new_path
from engine.web.services import services_of

gevent.config.resolver = Resolver

try:
    settings = server_settings(new_path)
except SettingsError as error:
    raise SystemExit(str(error)) from None
except FileNotFoundError:
    raise SystemExit("no temporary folder can be written; mount one, such as with --tmpfs /tmp") from None

if logging.lastResort is not None:  # the arbiter's messages have no other handler
    logging.lastResort.setFormatter(logs.formatter(settings.log_format))
backends.load(settings)  # before workers are forked, which share its memory
metrics_folder = Folder(Path(settings.prometheus_multiproc_dir))
bind = address.bind(settings.host, settings.port)
worker_class = {"gevent": "engine.server.Gevent", "gthread": "engine.server.Gthread"}[settings.worker_class]
workers = settings.workers or (1 if settings.cache_type == "memory" else os.cpu_count() or 1)
threads = 256  # under gthread each waiting request takes one; health checks must always get one
worker_connections = 4000
backlog = 2048
keepalive = 30  # also the seconds that a request may take to arrive
timeout = 60
graceful_timeout = 8  # ends before the ten seconds that containers allow
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 4094
forwarder_headers = ""  # no header may rename a path
secure_scheme_headers = {}  # or change the scheme
forwarded_allow_ips = "*"  # so that all peers are treated alike
loglevel = settings.log_level.lower()
control_socket_disable = True


class EngineLogger(Logger):
    """gunicorn's logger, with the engine's format."""

    def setup(self, cfg: Config) -> None:
        """Set the formatter."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.formatter(settings.log_format))


logger_class = EngineLogger


def on_starting(server: Arbiter) -> None:
    """Stop if the port is in use, start without counts, allow all open files, and name missing packages."""
    inherits = server.master_pid or address.is_inherited()  # an upgrade by SIGUSR2, or systemd's sockets
    if not inherits and (reason := address.refusal(settings.host, settings.port)):
        raise SystemExit(reason)
    metrics_folder.begin()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    server.log.info("deployment: %s", settings.env)
    if warning := tracing.warning(settings):
        server.log.warning(warning)


def pre_fork(server: Arbiter, worker: Worker) -> None:
    """Keep the garbage collector away from what is imported: workers share its memory, and end sooner."""
    gc.freeze()


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Build the application without the garbage collector, as the imports above."""
    gc.disable()


def post_worker_init(worker: Worker) -> None:
    """Start traces and the background jobs, in the worker and not in the arbiter."""
    gc.freeze()  # a collection stops the event loop: it need not look at what the application consists of
    gc.enable()
    tracing.start(settings)
    services = services_of(worker.wsgi)
    services.warming.start()
    services.cataloguing.start()
    services.recording.start()
    services.backfilling.start()
    if settings.worker_class == "gevent":
        services.publishing.start()
    services.alerting.start()


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """Stop the background jobs while their pools still exist, and flush metrics, traces and logs."""
    if hasattr(worker, "wsgi"):
        services = services_of(worker.wsgi)
        services.warming.stop()
        services.cataloguing.stop()
        services.alerting.stop()
        services.publishing.stop()
        services.metrics.flush()
        services.backfilling.stop()  # the database may keep these until the arbiter ends this process
        services.recording.stop()
        tracing.stop()
    logs.flush()


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Report a dead worker as serving no more; its counts remain."""
    metrics_folder.mark_dead(worker.pid)


def on_exit(server: Arbiter) -> None:
    """Remove the metrics folder."""
    metrics_folder.end()


gc.freeze()
gc.enable()
