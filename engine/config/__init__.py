"""The settings: one table, loaded from the environment and checked at start."""

from engine.config.declaring import ProviderSettings
from engine.config.loading import SettingsError, load_settings, process_settings, server_settings
from engine.config.settings import Settings

__all__ = [
    "ProviderSettings",
    "Settings",
    "SettingsError",
    "load_settings",
    "process_settings",
    "server_settings",
]
