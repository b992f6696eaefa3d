"""An idle start imports nothing that only some servers or requests need."""

import os
import subprocess
import sys

from tests.running import ROOT

LAZY = {
    "alembic": "the history and alert rules",
    "apispec": "the OpenAPI document and tools of agents",
    "apprise": "alerts to chats and mails",
    "asyncio": "the asynchronous half of limits",
    "attr": "flasgger",
    "charset_normalizer": "texts of an unknown encoding",
    "flasgger": "the OpenAPI document",
    "h11": "webhooks",
    "idna": "international names of hosts",
    "jsonschema": "flasgger",
    "mistune": "flasgger",
    "numpy": "indicators and the history",
    "opentelemetry": "traces",
    "pandas": "nothing of the engine",
    "pcodec": "the history",
    "psutil": "opentelemetry",
    "psycopg": "a history in PostgreSQL",
    "pyarrow": "exports",
    "redis": "several workers",
    "referencing": "jsonschema",
    "sqlalchemy": "the history and alert rules",
    "talib": "indicators",
    "websocket": "streams of exchanges",
    "wsproto": "clients on WebSockets",
    "yaml": "files of tiers and targets",
}
"""Libraries, and what needs them."""
START = """
import sys
from engine import create_app
import engine.server
create_app()
print(*sorted({name.partition(".")[0] for name in sys.modules} & {*sys.argv[1:]}))
"""


def test_what_a_plain_start_does_not_need_is_not_imported() -> None:
    """A start with default settings imports none of these libraries, and so stays quick and small."""
    run = [sys.executable, "-c", START, *LAZY]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


SHARED = """
import runpy
import sys
runpy.run_path("gunicorn.conf.py")
before = {name for name in sys.modules if name.startswith("redis")}
from wsgi import app
print("redis" in before, *sorted({name for name in sys.modules if name.startswith("redis")} - before))
"""
"""An arbiter and its worker, in one process."""


def test_workers_share_the_client_of_redis() -> None:
    """With a Redis, gunicorn's configuration imports its client once, before it forks the workers."""
    own = {"CACHE_TYPE": "redis", "REDIS_URL": "redis://127.0.0.1:1", "CATALOGUE_ENABLED": "false"}
    run = [sys.executable, "-c", SHARED]
    done = subprocess.run(
        run, cwd=ROOT, env={**os.environ, **own}, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["True"]
