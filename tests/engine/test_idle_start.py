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


DATACLASSES = {
    "engine.alerts.rules.rule.Rule": "is equal whatever its text was",
    "engine.analysis.headlines._alike.Features": "computes what it is asked for once",
    "engine.analysis.indicators._declaring.Indicator": "hides functions",
    "engine.catalogue.catalogue.Catalogue": "hides its tables",
    "engine.catalogue.facts.Facts": "computes what it is asked for once",
    "engine.config.declaring.ProviderSettings": "hides secrets",
    "engine.config.settings.Settings": "describes each field",
    "engine.config.targets_file.Target": "hides its address",
    "engine.config.tiers.Tier": "is read field by field",
    "engine.market.prices.request.RequestedCoin": "has the hash of its name",
    "engine.streaming.message.Message": "is equal whatever was kept of it",
    "engine.web.compat.binance.streams._frames.Payload": "is a Message",
    "engine.web.compat.binance.streams._requests.Refusal": "is an error",
    "providers._assets.Asset": "fills in its id",
    "providers._http.Limits": "is a default value",
    "schemas._pairs.RequestedPair": "has the hash of its name",
}
"""The dataclasses of a start, and what a `msgspec.Struct` could not do in their place."""
DEFINED = """
import sys
from dataclasses import is_dataclass
from engine import create_app
import engine.server
create_app()
for name, module in [*sys.modules.items()]:
    if name.partition(".")[0] in ("engine", "providers", "schemas"):
        for value in [*vars(module).values()]:
            if isinstance(value, type) and is_dataclass(value) and value.__module__ == name:
                print(f"{name}.{value.__name__}")
"""


def test_values_are_structs() -> None:
    """A value is a dataclass for a reason alone: each compiles its methods, which takes a start long."""
    run = [sys.executable, "-c", DEFINED]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)

    assert sorted(done.stdout.split()) == sorted(DATACLASSES)


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
