"""`.env.example` has every setting. `python -m tests.test_env_example > .env.example` writes it."""

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from engine.commands.check import written
from engine.config import Settings, load_settings
from providers import Provider, StreamSource, discover
from tests.running import ROOT

EXAMPLE = ROOT / ".env.example"
HEAD = """\
# Every setting with its default. Remove the # of a setting to change it.
# Copy this file to .env: `make run`, `make live` and every `python -m engine` command read it.
# The environment overrides it.
# For Docker: --env-file .env. For systemd: EnvironmentFile=.
"""
PROVIDERS = """\
# Each provider may have a key, another host and a proxy. Providers that require a key are off without it.
"""


def parts(provider: type[Provider]) -> tuple[str, ...]:
    """Return the ends of the names of a provider's settings."""
    return ("API_KEY", "BASE_URL", *(("STREAM_URL",) if issubclass(provider, StreamSource) else ()), "PROXY")


def env_example() -> str:
    """Return the expected contents of the file."""
    settings = [
        f"# {setting.metadata['meaning']}\n#{setting.name.upper()}={written(setting.default)}\n"
        for setting in fields(Settings)
        if setting.metadata
    ]
    providers = [
        f"# {provider.name}{': requires its key' if provider.needs_key else ''}\n"
        + "".join(f"#{provider.name.upper()}_{part}=\n" for part in parts(provider))
        for provider in discover()
    ]
    return "\n".join([HEAD, *settings, PROVIDERS, *providers])


def test_it_is_what_the_settings_say() -> None:
    """The file has every setting in the order of the code."""
    assert EXAMPLE.read_text() == env_example()


def test_everything_in_it_is_the_default(tmp_path: Path) -> None:
    """A shell can read the file without its # marks, and the settings are then the defaults."""
    file = tmp_path / ".env"
    file.write_text(re.sub(r"^#(?=[A-Z_]+=)", "", EXAMPLE.read_text(), flags=re.M))
    shell = subprocess.run(
        ["sh", "-c", "set -a; . ./.env; env -0"], cwd=tmp_path, env={}, capture_output=True, check=True
    )
    environment = dict(line.decode().split("=", 1) for line in shell.stdout.split(b"\0") if line)
    read, plain = load_settings(environment), load_settings({})

    assert len(environment) > len(fields(Settings))
    for setting in fields(Settings):
        assert getattr(read, setting.name) == getattr(plain, setting.name), setting.name


@pytest.mark.parametrize("provider", [it.name for it in discover() if it.needs_key])
def test_required_keys_are_marked(provider: str) -> None:
    """A provider that requires a key is marked."""
    assert f"# {provider}: requires its key\n#{provider.upper()}_API_KEY=\n" in EXAMPLE.read_text()


if __name__ == "__main__":
    print(env_example(), end="")
