"""A server for all clients: over the stand-in, with streams, a history and a key."""

import fcntl
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import requests

from tests.clients.packages import KEY, TYPESCRIPT, run
from tests.engine.web.compat.released import prepare
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
    settings |= {"RATE_LIMIT_ENABLED": "false", "ALERT_PRIVATE_TARGETS": "true"}
    addresses = {**stand_in.base_urls(), **stand_in.open_streams().urls()}
    with Engine({**addresses, **AMPLE, **settings}) as engine:
        requests.get(f"{engine.url}/api/prices", timeout=30)  # so that ranks are known
        yield engine


@pytest.fixture(scope="session")
def document(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the OpenAPI document of the server, as a file."""
    file = tmp_path_factory.mktemp("document") / "openapi.json"
    file.write_bytes(requests.get(f"{engine.url}/openapi.json", timeout=30).content)
    return file


@pytest.fixture(scope="session")
def types(document: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what openapi-typescript makes: `schema.ts` of the client, and `whole.ts`."""
    prepare(TYPESCRIPT)
    folder = tmp_path_factory.mktemp("types")
    run("node", "generate.mjs", document, folder / "schema.ts", folder / "whole.ts", cwd=TYPESCRIPT)
    return folder


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what `make packages` makes, once for all processes of a run of tests."""
    prepare(TYPESCRIPT)
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (shared / "packing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "packed").exists():
            run("make", "packages", f"DIST={shared / 'packing.dist'}")
            (shared / "packing.dist").rename(shared / "packed")
    return shared / "packed"


@pytest.fixture(autouse=True)
def _untraced() -> Iterator[None]:
    """Disable the tracer: the server is another process, and clients have no part in the coverage."""
    with untraced():
        yield
