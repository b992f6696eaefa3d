"""A real Prometheus on loopback that scrapes an engine every second."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import requests

from tests.running import ROOT, free_port
from tests.waiting import eventually

DEPLOY = ROOT / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "dashboards" / "engine.json"
PROGRAMS = [shutil.which(name) for name in ("prometheus", "promtool")]


class Prometheus:
    """A context manager with a Prometheus that scrapes the engine at a port of this machine."""

    def __init__(self, engine_port: int) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._target = f"127.0.0.1:{engine_port}"

    def __enter__(self) -> "Prometheus":
        self._folder = tempfile.TemporaryDirectory(prefix="prometheus-")
        folder = Path(self._folder.name)
        self.configuration = folder / "prometheus.yml"
        scrape = {
            "job_name": "engine",
            "metrics_path": "/metrics",
            "static_configs": [{"targets": [self._target]}],
        }
        every_second = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        settings = {"global": every_second, "rule_files": [str(ALERTS)], "scrape_configs": [scrape]}
        self.configuration.write_text(json.dumps(settings))  # which is YAML as well
        self._process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={self.configuration}",
                f"--storage.tsdb.path={folder / 'data'}",
                "--storage.tsdb.retention.time=1h",
                f"--web.listen-address={self.url.removeprefix('http://')}",
                "--log.level=error",
            ],
            cwd=folder,
        )
        eventually(self._is_ready)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        self._folder.cleanup()

    def query(self, expression: str) -> list[Any]:
        """Return the series of an expression now. An invalid expression fails."""
        response = requests.get(f"{self.url}/api/v1/query", params={"query": expression}, timeout=10)
        assert response.status_code == 200, response.text
        found: list[Any] = response.json()["data"]["result"]
        return found

    def _is_ready(self) -> bool:
        assert self._process.poll() is None, "prometheus did not start"
        try:
            return requests.get(f"{self.url}/-/ready", timeout=1).ok
        except (requests.ConnectionError, requests.Timeout):
            return False
