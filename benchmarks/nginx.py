"""Debian's nginx with a cache and a limit of requests in front of the engine: the least that is possible."""

import getpass
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from tests.running import free_port

PROGRAM = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
START_SECONDS = 20
CONFIGURATION = """
daemon off;
user {user};
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  proxy_cache_path {folder}/cache keys_zone=answers:10m;
  limit_req_zone $binary_remote_addr zone=callers:10m rate=1000000r/s;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      limit_req zone=callers burst=1000000 nodelay;
      proxy_pass {url};
      proxy_cache answers;
      proxy_cache_valid 200 1h;
      proxy_ignore_headers Cache-Control Expires;
    }}
  }}
}}
"""
"""Answers stay cached during the measurement, and the limit is as wide as the engine's."""


class Nginx:
    """A context manager with nginx in front of `url`. Its files are in `folder`."""

    def __init__(self, url: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._file = folder / "nginx.conf"
        self._file.write_text(
            CONFIGURATION.format(folder=folder, port=self.port, url=url, user=getpass.getuser())
        )

    def __enter__(self) -> Self:
        assert PROGRAM is not None
        self.process = subprocess.Popen(
            [PROGRAM, "-c", self._file, "-p", self._file.parent], start_new_session=True
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__(None, None, None)
                raise RuntimeError(f"nginx did not start: {self.process.returncode}")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(10)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/api/health", timeout=5).ok
        except requests.ConnectionError:
            return False
