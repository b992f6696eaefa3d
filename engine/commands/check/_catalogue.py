"""What is known of markets: the ages of facts and snapshot, and what the engine on this machine reports."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.facts import read_facts
from engine.catalogue.reporting import warnings
from engine.catalogue.snapshot import Snapshot, UnreadableSnapshot, read_snapshot
from engine.config import Settings
from engine.config.address import url
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.timestamps import iso

SECONDS = 2.0
"""Seconds to wait for an engine on this machine, which answers from what it knows."""
WIDTH = 24


def catalogue_lines(settings: Settings, now: float) -> Iterator[str]:
    """Yield what is known at a start at `now` (Unix seconds), and what a running engine has learnt since."""
    yield "Catalogue"
    snapshot: Snapshot | None = None
    if settings.catalogue_snapshot is None:
        yield "  no snapshot, since CATALOGUE_SNAPSHOT is not set"
    else:
        try:
            snapshot = read_snapshot(Path(settings.catalogue_snapshot))
            yield f"  snapshot of {iso(snapshot.time)} with {_count(snapshot)} markets"
        except UnreadableSnapshot as error:
            yield f"  snapshot cannot be used: {error}"
    current = CurrentCatalogue(Store(MemoryCache()), read_facts(), snapshot)
    yield f"  facts of {iso(current.facts.as_of)[:10]}"
    yield from (f"  warning: {warning}" for warning in warnings(current, now))
    yield from running_lines(_running(settings), settings.port, now)


def running_lines(report: Mapping[str, Any] | None, port: int, now: float) -> Iterator[str]:
    """Yield what the engine on this machine reports in `/api/health`, `None` where none answers."""
    if report is None:
        yield f"  no engine answers on port {port}; its markets are in /api/health"
        return
    yield f"  the engine on port {port} knows {report['coins']} coins and {report['markets']} markets"
    for venue, state in report["venues"].items():
        refused = report["refused"].get(venue)
        note = f"; its newest listing is refused: {refused}" if refused else ""
        yield f"  {venue:{WIDTH}}{state['markets']} markets, listed {_age(state['listed'], now)} ago{note}"
    for venue in report["refused"].keys() - report["venues"].keys():
        yield f"  {venue:{WIDTH}}no listing; its newest one is refused: {report['refused'][venue]}"


def _running(settings: Settings) -> Mapping[str, Any] | None:
    try:
        answer = requests.get(f"{url(settings.host, settings.port)}api/health", timeout=SECONDS)
        found: Mapping[str, Any] = answer.json()["catalogue"]
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, dict) and "venues" in found else None


def _count(snapshot: Snapshot) -> int:
    return sum(len(listing.markets) for listing in snapshot.listings.values())


def _age(time: str, now: float) -> str:
    hours = (now - datetime.fromisoformat(time).astimezone(UTC).timestamp()) / 3600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.0f} days"
