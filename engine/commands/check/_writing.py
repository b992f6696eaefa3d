"""Write the report line by line, without secrets."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby

from engine.commands.check._reach import NEEDED, Finding
from engine.config import Settings
from engine.telemetry.event_log import ClockWrong
from engine.upstream.host_clock import IGNORED, PROVIDERS, HostClock

SECRET = ("_KEY", "_TOKEN", "_PASSWORD", "_SECRET", "_HEADERS")
"""Suffixes of settings whose values are masked."""
MASK = "****"
WIDTH = 30
NAMES = 24


def written(value: object) -> str:
    """Return a setting's value as it is written in the environment; empty if there is none."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(value)
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def masked(variable: str, value: object) -> str:
    """Return the same without secrets: keys, and the users, passwords and query values of URLs."""
    text = written(value)
    if text and variable.endswith(SECRET):
        return MASK
    if isinstance(value, tuple):  # URLs that cannot have a user, with commas between them
        return re.sub(r"([?&][^=&,\s]*=)[^&,\s]*", rf"\1{MASK}", text)
    text = re.sub(r"(?<=//).*@", f"{MASK}@", text)
    return re.sub(r"([?&][^=&\s]*=)[^&\s]*", rf"\1{MASK}", text)


def setting_lines(settings: Settings) -> Iterator[str]:
    """Yield every setting with its value; a star marks values that differ from the default."""
    yield "Settings (*: not the default)"
    for setting in fields(settings):
        if setting.metadata:
            value = getattr(settings, setting.name)
            yield _setting_line(setting.name.upper(), value, changed=value != setting.default)
    for name, provider in settings.providers.items():
        for part in fields(provider):
            value = getattr(provider, part.name)
            if value is not None:
                yield _setting_line(f"{name}_{part.name}".upper(), value, changed=True)


def redis_line(settings: Settings, *, answers: bool) -> str:
    """Return a line that says whether Redis answers."""
    found = "answers" if answers else "does not answer; each worker would use its own memory"
    return f"Redis at {masked('REDIS_URL', settings.redis_url)} {found}"


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield a line for each provider, and a summary for each required ability."""
    yield "Providers, as reached from this machine"
    for name, found in groupby(sorted(findings, key=lambda it: it.provider), lambda it: it.provider):
        yield f"  {name:{NAMES}}{'; '.join(_outcomes(list(found)))}"
    for ability in NEEDED:
        asked = [it for it in findings if it.ability == ability and it.asked]
        reached = sum(it.seconds is not None for it in asked)
        yield f"{ability.capitalize()}: {reached} of {len(asked)} providers can be reached"


def clock_line(clock: HostClock) -> str:
    """Return a line with the offset between this machine's clock and the providers' clocks."""
    match clock.offset:
        case None:
            return f"Clock: unknown, because fewer than {PROVIDERS} providers agree on the time"
        case 0.0:
            return f"Clock: within {IGNORED:.0f} s of the providers'"
        case offset:
            return f"Clock: {ClockWrong(clock(), offset=offset).message}"


def _setting_line(variable: str, value: object, *, changed: bool) -> str:
    return f"{'*' if changed else ' '} {variable:{WIDTH}}{masked(variable, value)}".rstrip()


def _outcomes(found: Sequence[Finding]) -> Iterator[str]:
    """Yield the abilities that answered, and each reason once with the abilities that did not."""
    for it in found:
        if it.seconds is not None:
            yield f"{it.ability} {it.seconds * 1000:.0f} ms"
    missing = [it for it in found if it.seconds is None]
    for reason in dict.fromkeys(it.reason for it in missing):
        those = [it for it in missing if it.reason == reason]
        off = "" if those[0].asked else "disabled, "
        yield f"{', '.join(it.ability for it in those)}: {off}{reason}"
