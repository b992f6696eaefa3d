"""What of a laptop's `.env` reaches the containers, and what would break them."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from engine.config import Settings, load_settings
from tests.deployment.compose import COMPOSE, SERVICES, environment, expanded, files

LAPTOP = {
    "HOST": "127.0.0.1",
    "PORT": "9000",
    "DATA_DIR": "/home/alice/data",
    "PROMETHEUS_MULTIPROC_DIR": "/home/alice/metrics",
    "WORKERS": "1",
    "CACHE_TYPE": "memory",
    "REDIS_URL": "redis://localhost:6379",
    "METRICS_TOKEN": 'a$b"c',
    "LOG_FORMAT": "json",
    "COMPOSE_PROFILES": "postgres",
}
FILES = ("API_KEYS_FILE", "TIERS_FILE", "ALERT_TARGETS_FILE", "CATALOGUE_SNAPSHOT")
OF_A_HOST = re.compile(r"HOST|PORT|.*_(DIR|FILE|SNAPSHOT)")
"""Settings whose values are addresses and paths of one machine."""


def test_a_laptop_s_settings_break_no_container() -> None:
    """Addresses and folders are those of the container, whatever `.env` says, and other settings count."""
    settings = load_settings(environment(LAPTOP))

    assert (settings.host, settings.port) == ("0.0.0.0", 8000)
    assert SERVICES["engine"]["volumes"][0] == f"history:{settings.data_dir}"
    assert settings.prometheus_multiproc_dir is None
    assert (settings.workers, settings.cache_type, settings.redis_url) == (2, "redis", "redis://redis:6379")
    assert settings.log_format == "json"


def test_every_setting_of_a_machine_is_set() -> None:
    """docker-compose.yml sets every setting that is an address or a path of a machine."""
    names = {setting.name.upper() for setting in fields(Settings) if setting.metadata}
    those = {name for name in names if OF_A_HOST.fullmatch(name)}

    assert those >= {"HOST", "PORT", "DATA_DIR", *FILES}
    assert those <= set(SERVICES["engine"]["environment"])


@pytest.mark.parametrize("token", ["", "plain", 'a$b"c', "${HOME}"])
def test_both_sides_have_the_same_token(token: str) -> None:
    """The engine and Prometheus get the token from one variable, so that they agree on any text."""
    variables = {"METRICS_TOKEN": token}
    sent = expanded(COMPOSE["configs"]["metrics_token"]["content"], variables)

    assert load_settings(environment(variables)).metrics_token == (token or None)
    assert sent == (token or "none")


def test_an_empty_env_is_enough() -> None:
    """Without `.env` no file is mounted, and the settings are the defaults of Compose."""
    settings = load_settings(environment({}))

    assert [getattr(settings, name.lower()) for name in FILES] == [None] * len(FILES)
    assert set(files({}).values()) == {"/dev/null"}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_this_host_is_mounted(tmp_path: Path, name: str) -> None:
    """A file that `.env` names is mounted, and the engine finds it where it is in the container."""
    variables = {name: str(tmp_path / "it")}
    inside = environment(variables)[name]

    assert files(variables)[inside] == variables[name]
    assert [each for each in files(variables).values() if each != "/dev/null"] == [variables[name]]


def test_a_missing_file_stops_the_start() -> None:
    """Files are mounted read-only, and a missing one is an error instead of a new folder."""
    mounts = [volume for volume in SERVICES["engine"]["volumes"] if isinstance(volume, dict)]

    assert len(mounts) == len(FILES)
    for mount in mounts:
        assert (mount["type"], mount["read_only"]) == ("bind", True)
        assert mount["bind"] == {"create_host_path": False}
