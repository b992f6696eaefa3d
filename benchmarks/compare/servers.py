"""The server of a revision, over a stand-in that both revisions share."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from benchmarks.compare.failures import NotComparable
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn

LINES = 12
"""Lines of a server's output that explain why it did not start."""
ALIKE = {
    **AMPLE,
    "WORKERS": "1",
    "CACHE_TYPE": "memory",
    "CACHE_WARMING_ENABLED": "false",
    "HISTORY_ENABLED": "false",
    "ALERTS_ENABLED": "false",
}
"""Settings of both servers. What works in the background would be counted to any request."""


@dataclass(frozen=True)
class Revision:
    """Files of a revision, and the Python that has its packages."""

    tree: Path
    python: Path


def hosts(stand_in: StandIn, tree: Path) -> dict[str, str]:
    """Return the settings that send a revision to the stand-in, with providers that only it has."""
    names = (
        file.stem for file in (tree / "providers").glob("[!_]*") if file.is_dir() or file.suffix == ".py"
    )
    own = {f"{name.upper()}_BASE_URL": f"{stand_in.address}/{name}" for name in names}
    return own | stand_in.base_urls() | stand_in.open_streams().urls()


class Server(Engine):
    """A context manager with the server of a revision. One that does not start raises `NotComparable`."""

    def __init__(self, revision: Revision, settings: Mapping[str, str], app: str, log: IO[bytes]) -> None:
        command = (str(revision.python), "-m", "gunicorn", "--config", "gunicorn.conf.py", app)
        super().__init__({**ALIKE, **settings}, command, log)
        self._tree, self._output = revision.tree, log

    def __enter__(self) -> Self:
        try:
            super().__enter__()
        except RuntimeError as error:
            self._output.seek(0)
            said = self._output.read().decode(errors="replace").splitlines()[-LINES:]
            raise NotComparable("\n".join([f"{self._tree}: {error}", *said])) from error
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            cwd=self._tree,
            env=self._environment,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
        )
