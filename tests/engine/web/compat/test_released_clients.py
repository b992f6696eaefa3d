"""Released clients make their start, and get candles and prices, with another address only.

ccxt, python-binance, pycoingecko and Dreammaker have tests of their own. freqtrade and vectorbt are large:
`make test-clients` alone tries them.
"""

import re

import pytest

from tests.engine.web.compat.released import prepare
from tests.released.__main__ import TRIES
from tests.released.trial import in_node, in_python
from tests.running import ROOT, Engine, free_port

CLIENTS = (ROOT / "docs/clients.md").read_text()
PINNED = "".join(
    (ROOT / file).read_text()
    for file in (
        "requirements-dev.in",
        "requirements-connector.in",
        "requirements-clients.in",
        "tests/engine/web/compat/node/package.json",
    )
)
PYTHON = ("binance-connector", "binance-sdk-spot", "coingecko-sdk", "cryptocompare")


@pytest.mark.parametrize("client", PYTHON)
def test_a_client_of_python(engine: Engine, client: str) -> None:
    """Each call of a Python client gives something, and no other host is called."""
    tried = in_python(client, engine.url)

    assert tried.works, tried


def test_clients_of_node(engine: Engine) -> None:
    """Each call of each Node client gives something."""
    prepare()
    tried = in_node("", engine.url)

    assert tried.works, tried
    assert tried.clients == set(TRIES["Node"][1])


def test_a_client_that_fails_is_reported() -> None:
    """A client that reaches no engine has made no call, and its error is reported."""
    prepare()
    tried = in_node("node-binance-api", f"http://127.0.0.1:{free_port()}")

    assert not tried.works
    assert "ECONNREFUSED" in tried.failure


def test_the_documented_clients_are_those_that_are_tried() -> None:
    """The table of docs/clients.md has each client that is tried, in its pinned version."""
    table = re.findall(r"^\| ([\w@/-]+) \| ([\d.]+) \| (Python|Node) \| `", CLIENTS, re.M)
    tried = [(name, kind.partition(",")[0]) for kind, (_, names) in TRIES.items() for name in names]

    assert [(name, language) for name, _, language in table] == tried
    for name, version, language in table:
        pinned = f'"{name}": "{version}"' if language == "Node" else f"\n{name}=={version}\n"
        assert pinned in PINNED, name
