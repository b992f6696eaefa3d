"""gunicorn's configuration, looked up once."""

from typing import Any


class FrozenConfig:
    """A snapshot of gunicorn's configuration as plain attributes."""

    def __init__(self, config: Any) -> None:
        self._config = config
        self.__dict__.update({name: setting.get() for name, setting in config.settings.items()})

    def __getattr__(self, name: str) -> Any:
        """Compute a value that depends on several settings, and keep it."""
        self.__dict__[name] = made = getattr(self._config, name)
        return made
