"""`make test-clients`: try every released client, and print a table of what each did."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from tempfile import TemporaryDirectory

import requests

from tests.engine.web.compat.released import prepare
from tests.released import trial
from tests.released.trial import Trial
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn
from tests.waiting import eventually

TRIES: dict[str, tuple[Callable[[str, str], Trial], tuple[str, ...]]] = {
    "Python": (
        trial.in_python,
        (
            "ccxt",
            "python-binance",
            "binance-connector",
            "binance-sdk-spot",
            "pycoingecko",
            "coingecko-sdk",
            "cryptocompare",
        ),
    ),
    "Python, apart": (trial.apart, ("freqtrade", "vectorbt")),
    "Node": (
        trial.in_node,
        (
            "@binance/connector",
            "@binance/spot",
            "binance",
            "binance-api-node",
            "node-binance-api",
            "@coingecko/coingecko-typescript",
            "cryptocompare",
        ),
    ),
}
THIRTY = 30
"""How many markets there are before the exchanges have been asked for theirs."""
LONGEST = 300


def main() -> int:
    """Print a row for each client, and return 1 if one of them failed."""
    prepare()
    with StandIn() as providers, TemporaryDirectory() as data:
        settings = {
            **providers.base_urls(),
            **AMPLE,
            "DATA_DIR": data,
            "CATALOGUE_ENABLED": "true",
            "ENABLE_NEWS": "true",
            "RATE_LIMIT_ENABLED": "false",
            "LOG_LEVEL": "ERROR",
        }
        with Engine(settings, fresh=True) as engine:
            eventually(partial(_has_markets, engine.url), LONGEST)
            print("| client | version | language | calls that worked |\n|---|---|---|---|", flush=True)
            failures = [failure for failure in map(_printed, _trials(engine.url)) if failure]
    sys.stderr.writelines(failures)
    return 1 if failures else 0


def _has_markets(url: str) -> bool:
    listed = requests.get(f"{url}/compat/binance/api/v3/exchangeInfo", timeout=60).json()
    return len(listed["symbols"]) > THIRTY


def _trials(url: str) -> Iterator[tuple[str, str, Trial]]:
    for language, (attempt, clients) in TRIES.items():
        for client in clients:
            yield client, language.partition(",")[0], attempt(client, url)


def _printed(row: tuple[str, str, Trial]) -> str:
    """Print the row of a client, and return what it says where it failed."""
    client, language, tried = row
    version = next((call["version"] for call in tried.calls), "")
    calls = ", ".join(f"`{call['call']}`" for call in tried.calls)
    print(
        f"| {client} | {version} | {language} | {calls}{'' if tried.works else ', then it FAILED'} |",
        flush=True,
    )
    return "" if tried.works else f"\n{client} failed:\n{tried.failure}\n"


if __name__ == "__main__":
    raise SystemExit(main())
