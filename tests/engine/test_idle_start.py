"""An idle start imports nothing that only some servers or requests need."""

import subprocess
import sys

from tests.running import ROOT

LAZY = {
    "alembic": "the history and alert rules",
    "apispec": "the OpenAPI document and tools of agents",
    "apprise": "alerts to chats and mails",
    "attr": "flasgger",
    "flasgger": "the OpenAPI document",
    "h11": "webhooks",
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
