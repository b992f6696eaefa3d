"""docker-compose.yml as Compose reads it, with the variables of an `.env`."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from tests.running import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
VARIABLE = re.compile(r"\$\{(\w+)(?::([-+])([^}]*))?\}")


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """Replace `${NAME}`, `${NAME:-default}` and `${NAME:+other}`, as Compose does.

    Source: https://docs.docker.com/reference/compose-file/interpolation/.
    """

    def value(found: re.Match[str]) -> str:
        name, operator, other = found.groups()
        text = variables.get(name, "")
        return {None: text, "-": text or other, "+": other if text else ""}[operator]

    return VARIABLE.sub(value, text)


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the engine's container: that of `.env`, below its own."""
    own = SERVICES["engine"]["environment"]
    return {**variables, **{name: expanded(text, variables) for name, text in own.items()}}


def files(variables: Mapping[str, str]) -> dict[str, str]:
    """Return this host's files by their paths in the engine's container."""
    mounts = [volume for volume in SERVICES["engine"]["volumes"] if isinstance(volume, dict)]
    return {mount["target"]: expanded(mount["source"], variables) for mount in mounts}
