"""Load the settings from the environment: the only place that reads it. A wrong value stops the start."""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from engine.config import parsing
from engine.config.consistency import contradictions
from engine.config.settings import ProviderSettings, Settings
from providers import discover

HOPS_ON_A_SPACE = 1
"""Hugging Face names a Space's process in `SPACE_ID`, and has one proxy of its own in front of it."""


class SettingsError(Exception):
    """One or more settings are wrong; the message names each."""


@cache
def process_settings() -> Settings:
    """Return the settings of this process, which its first caller reads from the environment.

    gunicorn's configuration calls it first; its workers are forks and inherit the result. Raises
    `SettingsError`.
    """
    return load_settings()


def load_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """The settings of the process, or of `environment`; `overrides` win. Raises `SettingsError`."""
    environment = os.environ if environment is None else environment
    mistakes: dict[str, str] = {}
    values: dict[str, Any] = {}

    def read(variable: str, parse: Callable[[str], Any]) -> Any:
        text = environment.get(variable, "").strip()
        try:
            return parse(text) if text else None
        except ValueError as error:
            mistakes[variable] = str(error)
            return None

    for setting in fields(Settings):
        if setting.metadata and (value := read(setting.name.upper(), setting.metadata["parse"])) is not None:
            values[setting.name] = value
    values["providers"] = {
        provider.name: ProviderSettings(
            api_key=read(f"{provider.name.upper()}_API_KEY", parsing.key),
            base_url=read(f"{provider.name.upper()}_BASE_URL", parsing.url),
            proxy=read(f"{provider.name.upper()}_PROXY", parsing.proxy),
        )
        for provider in discover()
    }
    if environment.get("SPACE_ID"):
        values.setdefault("trusted_proxy_hops", HOPS_ON_A_SPACE)
    for variables, meaning in contradictions(Settings(**values)):
        if not mistakes.keys() & set(variables):  # one that is wrong by itself contradicts nobody
            mistakes[", ".join(variables)] = meaning
    if mistakes:
        lines = (f"{variable}: {meaning}" for variable, meaning in mistakes.items())
        raise SettingsError("These settings are wrong:\n  " + "\n  ".join(lines))
    return Settings(**{**values, **overrides})
