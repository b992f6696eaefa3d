"""The tables of docs/settings.md, docs/api.md, docs/keys.md and docs/providers.md are complete."""

import re
from dataclasses import fields
from pathlib import Path

from engine.analysis.indicators import INDICATORS, Indicator
from engine.commands.check import written
from engine.config import Settings
from engine.config.apprise_url import SERVICES
from engine.config.targets_file import parse as parse_targets
from engine.config.tiers import Tier, usual
from engine.config.tiers import parse as parse_tiers
from providers import discover

DOCS = Path(__file__).parent.parent / "docs"
SETTINGS = (DOCS / "settings.md").read_text()
API = (DOCS / "api.md").read_text()
KEYS = (DOCS / "keys.md").read_text()
PROVIDERS = (DOCS / "providers.md").read_text()


def row(setting: str, default: object, meaning: str) -> str:
    """Return a row of the table of settings."""
    return f"| `{setting.upper()}` | {written(default)} | {meaning} |"


def settings_table() -> list[str]:
    """Return a row for each setting."""
    return [
        row(setting.name, setting.default, setting.metadata["meaning"])
        for setting in fields(Settings)
        if setting.metadata
    ]


def test_every_setting_is_in_the_table() -> None:
    """The table has each setting with its default and its meaning, in the order of the code."""
    written = [line for line in SETTINGS.splitlines() if line in set(settings_table())]

    assert written == settings_table()


def indicator(declared: Indicator) -> str:
    """Return a row of the table of indicators."""
    name = ":".join([declared.name, *(f"{each.default:g}" for each in declared.parameters)])
    ranges = [f"{each.name} {each.least:g} to {each.most:g}" for each in declared.parameters]
    return f"| `{name}` | {declared.title} | {', '.join(ranges) or 'none'} | {', '.join(declared.outputs)} |"


def test_every_indicator_is_in_the_table() -> None:
    """The table has each indicator with its defaults, its ranges and its outputs."""
    rows = [indicator(INDICATORS[name]) for name in sorted(INDICATORS)]

    assert [line for line in API.splitlines() if line in set(rows)] == rows


def test_every_limit_is_in_the_table() -> None:
    """The table has each limit of each tier, with the default settings."""
    tiers = [usual(Settings().rate_limit_default)[name] for name in ("anonymous", "free", "pro", "unlimited")]
    for limit in fields(Tier):
        limits = [getattr(tier, limit.name) for tier in tiers]
        cells = ["none" if value is None else f"{value}" for value in limits]
        assert f"\n| `{limit.name}` | {' | '.join(cells)} | " in KEYS


def test_the_files_in_the_document_are_valid() -> None:
    """The examples of tiers and of targets can be used as they are."""
    tiers, targets = re.findall(r"```yaml\n(.+?)```", KEYS, re.S)

    assert set(parse_tiers(tiers, usual(60))) == {*usual(60), "team"}
    assert {target.type for target in parse_targets(targets).values()} == {"telegram", "email"}
    assert set(re.findall(r"^\| `(\w+)` \| `[a-z]+://`", KEYS, re.M)) == set(SERVICES)


def test_every_provider_is_in_the_table() -> None:
    """The tables have each provider by its name."""
    for provider in discover():
        assert f"`{provider.name}`" in PROVIDERS
