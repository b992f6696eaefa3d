"""Build and start an image without Docker: run the Dockerfile's steps, with a folder as the root."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.deployment.dockerfile import Ignore, Stage, Step

NEEDS_ROOT = ("useradd",)
"""Commands that would change this machine; what they are for is held by reading the Dockerfile."""
OURS = re.compile(r"(?<![\w./-])/(?=(?:opt|app|build)\b)")
"""Where a path begins that the Dockerfile makes."""
PATIENCE = 600
NO_NETWORK = re.compile("Failed to establish a new connection|Temporary failure in name resolution")


class NoPackageIndex(Exception):
    """The package index cannot be reached."""


class Image:
    """The stages that were built in `folder`. The last one is at `root`."""

    def __init__(self, folder: Path, context: Path) -> None:
        self.root = folder / "root"
        self._kept = folder
        self._context = context
        self._ignore = Ignore((context / ".dockerignore").read_text())
        self.environment: dict[str, str] = {}
        self.workdir = self.root
        self._python = folder / "bin"
        self._python.mkdir(parents=True)
        python = self._python / "python"
        python.write_text(f'#!/bin/sh\nexec {sys._base_executable} "$@"\n')  # type: ignore[attr-defined]
        python.chmod(0o755)

    def build(self, stages: list[Stage]) -> "Image":
        """Run every step of every stage."""
        for stage in stages:
            self.root.mkdir()
            self.workdir = self.root
            self.environment = {**_outside(), "PATH": f"{self._python}:/usr/bin:/bin", "CC": "false"}
            for step in stage.steps:
                self._take(step)
            if stage.name:
                self.root.rename(self._kept / stage.name)
        return self

    def start(self, step: Step, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a `CMD` or `HEALTHCHECK` with the container's folder and environment."""
        return subprocess.Popen(
            step.command, cwd=self.workdir, env={**self.environment, **settings}, start_new_session=True
        )

    def _take(self, step: Step) -> None:
        match step.name:
            case "ENV":
                for name, value in step.variables.items():
                    expanded = value.replace("$PATH", self.environment["PATH"])
                    self.environment[name] = self._inside(expanded) if name == "PATH" else expanded
            case "WORKDIR":
                self.workdir = Path(self._inside(step.rest))
                self.workdir.mkdir(parents=True, exist_ok=True)
            case "COPY":
                self._copy(step)
            case "RUN" if not step.rest.startswith(NEEDS_ROOT):
                self._run(step.rest)

    def _run(self, command: str) -> None:
        process = subprocess.run(
            ["sh", "-ec", self._inside(command)],
            cwd=self.workdir,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if process.returncode and NO_NETWORK.search(process.stderr):
            raise NoPackageIndex
        if process.returncode:
            raise RuntimeError(f"{command}\n{process.stdout[-2000:]}{process.stderr[-4000:]}")

    def _copy(self, step: Step) -> None:
        *sources, target = step.words
        into = self.workdir / self._inside(target)
        for source in sources:
            if stage := step.options.get("from"):
                shutil.copytree(self._kept / stage / source.lstrip("/"), into, True, copy_function=os.link)
            elif (self._context / source).is_dir():
                shutil.copytree(self._context / source, into, ignore=self._hidden)
            elif self._ignore.hides(source):
                raise FileNotFoundError(f"{source} is not sent to Docker")
            else:
                shutil.copy(self._context / source, into)

    def _hidden(self, folder: str, names: list[str]) -> list[str]:
        place = Path(folder).relative_to(self._context)
        return [name for name in names if self._ignore.hides(str(place / name))]

    def _inside(self, text: str) -> str:
        return OURS.sub(f"{self.root}/", text)


def _outside() -> dict[str, str]:
    """Return the variables that this machine's programs need to reach the package index."""
    wanted = ("HOME", "PIP_", "UV_", "SSL_", "HTTP", "http", "NO_PROXY", "no_proxy")
    return {name: value for name, value in os.environ.items() if name.startswith(wanted)}
