"""The settings, read once from the environment and checked at start."""

from engine.config.settings import ProviderSettings, Settings, SettingsError

__all__ = ["ProviderSettings", "Settings", "SettingsError"]
