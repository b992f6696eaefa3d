"""Load the settings from the environment. No other package reads it, and an invalid value stops the start."""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from engine.config import parsing
from engine.config.consistency import contradictions
from engine.config.declaring import ProviderSettings
from engine.config.settings import Settings
from engine.config.spelling import misspelt
from providers import StreamSource, discover

KEYS = "API_KEYS_FILE"
METRICS = "PROMETHEUS_MULTIPROC_DIR"
HOPS_ON_A_SPACE = 1
"""Hugging Face sets `SPACE_ID` and `SPACE_HOST` in a Space's process, and puts one proxy in front of it."""


class SettingsError(Exception):
    """One or more settings are invalid; the message names each."""


@cache
def process_settings() -> Settings:
    """Return the settings of this process, which the first caller reads from the environment.

    The workers of a server are forks and inherit the result. Raises `SettingsError`.
    """
    return load_settings()


def server_settings(new_path: Callable[[], str]) -> Settings:
    """Return the settings of a server's process, whose workers share a folder of metrics.

    Where none is set, `new_path` names it. gunicorn's configuration calls this first, also when it reloads.
    Raises `SettingsError`.
    """
    if not os.environ.get(METRICS, "").strip():
        os.environ[METRICS] = new_path()
    return process_settings()


def load_settings(
    environment: Mapping[str, str] | None = None, *, keys_may_be_missing: bool = False, **overrides: Any
) -> Settings:
    """Load the settings from `environment`, by default the process's; `overrides` win.

    `keys_may_be_missing` is for the command that creates the file of API keys. Raises `SettingsError`.
    """
    environment = os.environ if environment is None else environment
    if keys_may_be_missing and (file := environment.get(KEYS, "").strip()) and not os.path.exists(file):
        environment = {name: text for name, text in environment.items() if name != KEYS}
        overrides["api_keys_file"] = file
    mistakes: dict[str, str] = {}
    values: dict[str, Any] = {}
    known: set[str] = set()

    def read(variable: str, parse: Callable[[str], Any]) -> Any:
        known.add(variable)
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
            stream_url=read(f"{provider.name.upper()}_STREAM_URL", parsing.stream_url)
            if issubclass(provider, StreamSource)
            else None,
            proxy=read(f"{provider.name.upper()}_PROXY", parsing.proxy),
        )
        for provider in discover()
    }
    for variable, meant in misspelt(environment, known):
        mistakes[variable] = f"is no setting; {meant} is"
    if environment.get("SPACE_ID"):
        values.setdefault("trusted_proxy_hops", HOPS_ON_A_SPACE)
        if host := environment.get("SPACE_HOST"):
            values.setdefault("public_url", f"https://{host}")
    for variables, meaning in contradictions(Settings(**values)):
        if not mistakes.keys() & set(variables):  # an invalid value contradicts no other
            mistakes[", ".join(variables)] = meaning
    if mistakes:
        lines = (f"{variable}: {meaning}" for variable, meaning in mistakes.items())
        raise SettingsError("Invalid settings:\n  " + "\n  ".join(lines))
    return Settings(**{**values, **overrides})
