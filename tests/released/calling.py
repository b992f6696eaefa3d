"""Make the calls of one Python client: `python -m tests.released.calling NAME ADDRESS`.

A line of JSON follows each call that gave something. The first one that fails ends the process.
"""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version

from tests.loopback import guard

Calls = Iterator[tuple[str, object]]
"""The name of each call, and what it gave."""
CLIENTS = {
    "ccxt": "binance",
    "python-binance": "binance",
    "binance-connector": "binance",
    "binance-sdk-spot": "binance",
    "pycoingecko": "coins",
    "coingecko-sdk": "coins",
    "cryptocompare": "coins",
    "freqtrade": "bots",
    "vectorbt": "bots",
}
"""The module beside this one in which a client's calls are; the function is named like the client."""


def main(name: str, url: str) -> None:
    """Print each call that works. Raises the error of a client whose call does not."""
    guard()
    client = getattr(import_module(f"tests.released.{CLIENTS[name]}"), name.replace("-", "_"))
    for call, given in client(url):
        assert given, f"{call} gave nothing"
        print(json.dumps({"client": name, "version": version(name), "call": call}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
