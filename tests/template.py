"""Servers and commands forked from a process that has imported the engine, as an import outlasts most tests.

`python -m tests.template gevent` (or `plain`) is that process. It reads a line of JSON for each process to
start, and for each that has ended. It answers with a process ID, or with what a process has ended with.
"""

import atexit
import gc
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from runpy import run_module
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, NoReturn

ROOT = Path(__file__).parent.parent
ARGUMENTS = ("gunicorn", "--config", "gunicorn.conf.py", "wsgi:app")
COMMANDS = ("engine.commands.check", "engine.commands.key", "engine.commands.run")
SERVERS = ("engine", "engine.server", "gunicorn.app.wsgiapp")
IMPORTED = {"gevent": SERVERS, "plain": (*COMMANDS, *SERVERS)}
"""What each kind of process has imported. The plain one, without gevent's patches, also runs commands."""


class Template:
    """The process with the engine, with gevent's patches or without them."""

    def __init__(self, kind: str) -> None:
        command = (sys.executable, "-m", "tests.template", kind)
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._lock = Lock()
        atexit.register(self._end)

    def start(self, environment: Mapping[str, str], log: str | None = None) -> "Forked":
        """Start gunicorn in a session of its own. What it writes is appended to the file `log`."""
        files = [log, log] if log else []
        return Forked(self, self._ask({"environment": dict(environment), "files": files}))

    def run(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], timeout: float
    ) -> "subprocess.CompletedProcess[str]":
        """Run `python` with `-m` or `-c` in a folder, and return what `subprocess.run` would."""
        with TemporaryDirectory() as written:
            files = [Path(written) / name for name in ("stdout", "stderr")]
            request = {"arguments": [*arguments], "folder": f"{folder}", "files": [*map(str, files)]}
            running = Forked(self, self._ask({**request, "environment": dict(environment)}))
            try:
                status = running.wait(timeout)
            finally:
                running.kill()
            return subprocess.CompletedProcess(arguments, status, *(file.read_text() for file in files))

    def output(self, *arguments: str) -> str:
        """Run `python` with `-m` or `-c` in the project's folder, and return what it prints."""
        done = self.run(arguments, ROOT, os.environ, 120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def status(self, pid: int) -> int:
        """Return what an ended server has ended with, as `Popen.returncode` has it."""
        return os.waitstatus_to_exitcode(self._ask({"pid": pid}))

    def _ask(self, request: Mapping[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def _end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class Forked:
    """A running server, like `subprocess.Popen`."""

    def __init__(self, template: Template, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._template = template
        self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return what it has ended with, `None` while it runs."""
        return self._within(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return what it ends with."""
        if (status := self._within(timeout)) is None:
            raise subprocess.TimeoutExpired(ARGUMENTS, timeout or 0)
        return status

    def send_signal(self, sent: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, sent)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _within(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._handle], [], [], timeout)[0]:
            self.returncode = self._template.status(self.pid)
            os.close(self._handle)
        return self.returncode


@cache
def template(kind: str) -> Template:
    """Return the one process of a kind."""
    return Template(kind)


def main(kind: str) -> None:
    """Import the engine, and serve requests until there are no more."""
    gc.disable()  # until all is imported, as in gunicorn.conf.py
    fork, wait = os.fork, os.waitpid  # gevent's own would need a loop
    if kind == "gevent":
        monkey = import_module("gevent.monkey")
        monkey.patch_all()
    for name in IMPORTED[kind]:
        import_module(name)
    gc.freeze()
    gc.enable()
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what servers print is not an answer
    for line in sys.stdin:
        request = json.loads(line)
        if "pid" in request:
            print(wait(request["pid"], 0)[1], file=answers)
        elif pid := fork():
            print(pid, file=answers)
        else:
            answers.close()
            begin(request["environment"], request["files"])
            if "arguments" in request:
                command(request["arguments"], request["folder"])
            serve()


def begin(environment: Mapping[str, str], files: Sequence[str]) -> None:
    """Become a process of its own, with this environment, whose output and errors are appended to files."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, file in enumerate(files, 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    os.environ.clear()
    os.environ.update(environment)


def command(arguments: Sequence[str], folder: str) -> NoReturn:
    """Become what `python` runs with `-m` or `-c`."""
    os.chdir(folder)
    kind, code, *others = arguments
    sys.argv = [kind, *others]
    if kind == "-m":
        run_module(code, run_name="__main__")
    else:
        exec(code, {"__name__": "__main__"})
    sys.exit()


def serve() -> NoReturn:
    """Become the server that `gunicorn` starts."""
    sys.argv = [*ARGUMENTS]
    import_module("gunicorn.app.wsgiapp").run()
    sys.exit()


if __name__ == "__main__":
    main(sys.argv[1])
