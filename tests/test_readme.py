"""What the README says is true."""

from dataclasses import fields
from pathlib import Path

from engine.commands.check import written
from engine.config import Settings
from providers import discover

README = (Path(__file__).parent.parent / "README.md").read_text()


def row(setting: str, default: object, meaning: str) -> str:
    """A line of the settings' table."""
    return f"| `{setting.upper()}` | {written(default)} | {meaning} |"


def settings_table() -> list[str]:
    """One line for each setting."""
    return [
        row(setting.name, setting.default, setting.metadata["meaning"])
        for setting in fields(Settings)
        if setting.metadata
    ]


def test_every_setting_is_in_the_table() -> None:
    """With its default and its meaning, in the order of the code."""
    written = [line for line in README.splitlines() if line in set(settings_table())]

    assert written == settings_table()


def test_every_provider_is_in_the_table() -> None:
    """By name."""
    for provider in discover():
        assert f"`{provider.name}`" in README
