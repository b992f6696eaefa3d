"""docker-compose.yml, the files that it mounts and the systemd unit, checked by their own tools."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine import create_app
from engine.config import load_settings
from tests.deployment.compose import COMPOSE, SERVICES, environment
from tests.running import ROOT

PROMETHEUS = ROOT / "deploy/prometheus/prometheus.yml"
ALERTMANAGER = ROOT / "deploy/alertmanager/alertmanager.yml"
PROVISIONING = ROOT / "deploy/grafana/provisioning"
UNIT = ROOT / "deploy/systemd/crypto-data-engine.service"
SECRET = re.compile(r"key|token|password|secret", re.I)
OF_ENV = re.compile(r"\$\{\w+(:-|:\+/run/\S+)\}")
"""A value that is in `.env` alone."""
MOST_EXPOSED = 15
"""Tenths of systemd's ten."""

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
needs_amtool = pytest.mark.skipif(shutil.which("amtool") is None, reason="amtool is not installed")
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


def run(*command: str | Path) -> None:
    """Run a command, and fail with its output if it fails."""
    process = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert process.returncode == 0, process.stdout + process.stderr


def read(path: Path) -> Any:
    """Return the content of a YAML file."""
    return yaml.safe_load(path.read_text())


def mounted(service: str) -> dict[str, Path]:
    """Return the project's mounted folders by their paths in the container."""
    return {inside: ROOT / ours for ours, inside, *_ in volumes(service) if ours.startswith(".")}


def volumes(service: str) -> list[list[str]]:
    """Return the parts of a service's folders, without the files that `.env` names."""
    return [volume.split(":") for volume in SERVICES[service].get("volumes", ()) if isinstance(volume, str)]


def test_compose_understands_it(tmp_path: Path) -> None:
    """docker-compose.yml follows the schema of Compose, which finds a misspelt key in another file."""
    check = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec")
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(
        (ROOT / "docker-compose.yml").read_text().replace("read_only: true\n", "readonly: true\n")
    )

    run(*check, ROOT / "docker-compose.yml")
    with pytest.raises(AssertionError, match="readonly"):
        run(*check, wrong)


def test_the_engine_has_two_workers_and_a_redis() -> None:
    """The engine of docker-compose.yml has valid settings, with two workers and Redis."""
    settings = load_settings(environment({}))

    assert settings.workers == 2
    assert settings.cache_type == "redis"
    assert settings.redis_url == "redis://redis:6379"
    assert SERVICES["engine"]["build"] == "."


def test_every_image_is_pinned() -> None:
    """Every image has a version."""
    images = [service["image"] for service in SERVICES.values() if "image" in service]

    assert len(images) == 5
    assert all(re.search(r":v?\d+\.\d+", image) for image in images)


def test_only_the_engine_is_open_to_all() -> None:
    """Only the engine is public: the monitors listen on this host, and stores have no port."""
    ports = {name: service.get("ports", []) for name, service in SERVICES.items()}

    assert ports.pop("engine") == ["${PORT:-8000}:8000"]
    assert ports.pop("redis") == ports.pop("postgres") == []
    assert all(port.startswith("127.0.0.1:") for of in ports.values() for port in of)


def test_there_is_nothing_secret_in_it() -> None:
    """docker-compose.yml has no passwords: they belong in `.env`, which is optional."""
    for service in SERVICES.values():
        variables = {**service.get("environment", {})}
        variables.pop("GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION", None)
        written = {name: value for name, value in variables.items() if not OF_ENV.match(value)}
        assert not [name for name in written if SECRET.search(name)]
        assert not [value for value in variables.values() if re.search("//.*@", value)]
    assert SERVICES["engine"]["env_file"] == [{"path": ".env", "required": False}]


def test_everything_has_a_health_check() -> None:
    """Every service has a health check, the engine in its image."""
    with_own = {name for name, service in SERVICES.items() if "healthcheck" in service}

    assert with_own == set(SERVICES) - {"engine"}
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_the_engine_may_do_little() -> None:
    """The engine is read-only without capabilities, and has more time to stop than it needs."""
    engine = SERVICES["engine"]

    assert engine["read_only"] is True
    assert engine["tmpfs"] == ["/tmp"]
    assert engine["cap_drop"] == ["ALL"]
    assert int(engine["stop_grace_period"].removesuffix("s")) > 8


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_what_is_mounted_is_there(service: str) -> None:
    """Every mounted folder of the project exists, and every other volume is declared."""
    named = [name for name, *_ in volumes(service)]

    assert all(path.is_dir() for path in mounted(service).values())
    assert {name for name in named if not name.startswith(".")} <= set(COMPOSE["volumes"])


def test_the_stores_are_reached_by_the_engine_alone() -> None:
    """Redis and PostgreSQL are in a network without a way out, which only the engine joins."""
    in_it = {name for name, service in SERVICES.items() if "data" in service.get("networks", ())}

    assert COMPOSE["networks"] == {"data": {"internal": True}}
    assert in_it == {"engine", "redis", "postgres"}
    assert SERVICES["redis"]["networks"] == SERVICES["postgres"]["networks"] == ["data"]


def test_postgresql_is_an_option() -> None:
    """PostgreSQL starts with its profile only, and the engine waits for it where there is one."""
    assert SERVICES["postgres"]["profiles"] == ["postgres"]
    assert SERVICES["engine"]["depends_on"]["postgres"] == {"condition": "service_healthy", "required": False}
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["postgres"]
    address = "postgresql+psycopg://engine@postgres/engine"
    assert load_settings({"DATABASE_URL": address}).database_url == address
    assert f"DATABASE_URL={address}" in (ROOT / "docs/deploy.md").read_text()


def test_the_port_of_env_is_published() -> None:
    """The container listens on one port, whatever `.env` says, and PORT chooses the published one."""
    assert SERVICES["engine"]["environment"]["PORT"] == "8000"
    assert SERVICES["engine"]["ports"] == ["${PORT:-8000}:8000"]


def test_prometheus_asks_the_engine() -> None:
    """Prometheus scrapes the engine under the name and the port of Compose, with the token of `.env`."""
    scraping = read(PROMETHEUS)
    [job] = scraping["scrape_configs"]
    [token] = SERVICES["prometheus"]["configs"]

    assert job["static_configs"] == [{"targets": ["engine:8000"]}]
    assert job["authorization"] == {"credentials_file": token["target"]}
    assert COMPOSE["configs"][token["source"]] == {"content": "${METRICS_TOKEN:-none}"}
    assert mounted("prometheus") == {"/etc/prometheus": ROOT / "deploy/prometheus"}


@pytest.mark.parametrize("settings", [{}, {"metrics_token": "none"}])
def test_a_token_that_is_not_needed_is_ignored(settings: dict[str, Any]) -> None:
    """The engine serves its metrics to a client with a token where none is set."""
    client = create_app(history_enabled=False, catalogue_enabled=False, **settings).test_client()

    assert client.get("/metrics", headers={"Authorization": "Bearer none"}).status_code == 200


def test_alerts_reach_alertmanager() -> None:
    """Prometheus sends its alerts to the Alertmanager of Compose."""
    [to] = read(PROMETHEUS)["alerting"]["alertmanagers"]

    assert to == {"static_configs": [{"targets": ["alertmanager:9093"]}]}
    assert SERVICES["alertmanager"]["ports"] == ["127.0.0.1:9093:9093"]
    assert mounted("alertmanager") == {"/etc/alertmanager": ALERTMANAGER.parent}


@needs_amtool
def test_alertmanager_understands_its_configuration() -> None:
    """Alertmanager accepts its configuration."""
    run("amtool", "check-config", ALERTMANAGER)


@needs_promtool
def test_prometheus_understands_its_configuration() -> None:
    """Prometheus accepts its configuration."""
    run("promtool", "check", "config", "--syntax-only", PROMETHEUS)


def test_grafana_finds_its_numbers_and_its_dashboards() -> None:
    """Grafana's data source is the Prometheus of Compose, and its dashboards are in the mounted folder."""
    [source] = read(PROVISIONING / "datasources/prometheus.yml")["datasources"]
    [dashboards] = read(PROVISIONING / "dashboards/engine.yml")["providers"]

    assert source["url"] == "http://prometheus:9090"
    assert source["uid"] == "prometheus"
    assert mounted("grafana") == {
        "/etc/grafana/provisioning": PROVISIONING,
        dashboards["options"]["path"]: ROOT / "deploy/grafana/dashboards",
    }


@needs_systemd
def test_the_unit_is_one(tmp_path: Path) -> None:
    """Every line of the unit is accepted by systemd."""
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub("ExecStart=.*", "ExecStart=/bin/true", UNIT.read_text()))

    run("systemd-analyze", "verify", "--man=no", unit)


@needs_systemd
def test_the_unit_is_hardened() -> None:
    """The unit is hardened by systemd's own rating."""
    run("systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", UNIT)


def test_the_unit_starts_what_the_image_starts() -> None:
    """The unit starts the image's command in the checkout's own environment."""
    [start] = re.findall("^ExecStart=(.*)$", UNIT.read_text(), re.M)
    [command] = re.findall(r"^CMD (\[.*)$", (ROOT / "Dockerfile").read_text(), re.M)

    assert start == f"/opt/crypto-data-engine/.venv/bin/{' '.join(yaml.safe_load(command))}"
