"""A server for all clients: over the stand-in, with streams, a history and a key."""

from collections.abc import Iterator
from hashlib import sha256

import pytest
import requests

from tests.clients.packages import KEY
from tests.running import AMPLE, Engine
from tests.untraced import untraced
from tests.upstreams import StandIn


@pytest.fixture(scope="session")
def stand_in() -> Iterator[StandIn]:
    """Yield the stand-in of all providers, which streams."""
    with StandIn() as stand_in:
        stand_in.open_streams()
        yield stand_in


@pytest.fixture(scope="session")
def engine(stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Yield the server."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "keys").write_text(f"alice:pro:{sha256(KEY.encode()).hexdigest()}\n")
    settings = {"API_KEYS_FILE": str(folder / "keys"), "HISTORY_ENABLED": "true", "DATA_DIR": str(folder)}
    settings |= {"ENABLE_NEWS": "true", "LOG_LEVEL": "ERROR", "CACHE_WARMING_ENABLED": "false"}
    settings |= {"RATE_LIMIT_ENABLED": "false"}
    addresses = {**stand_in.base_urls(), **stand_in.open_streams().urls()}
    with Engine({**addresses, **AMPLE, **settings}) as engine:
        requests.get(f"{engine.url}/api/prices", timeout=30)  # so that ranks are known
        yield engine


@pytest.fixture(autouse=True)
def _untraced() -> Iterator[None]:
    """Disable the tracer: the server is another process, and clients have no part in the coverage."""
    with untraced():
        yield
