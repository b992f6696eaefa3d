"""`make snapshot`: ask every venue what it trades and what it costs, and keep what that proves in a file.

`CATALOGUE_SNAPSHOT` names the file for later starts, which then need no network to know these markets. With
Redis it begins with what the running engine has proved; otherwise three looks at prices, half a minute apart,
prove what they can.
"""

import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.facts import read_facts
from engine.catalogue.snapshot import Snapshot, snapshot_of, write_snapshot
from engine.config import Settings, SettingsError, load_settings
from engine.config.env_file import read_env_file
from engine.jobs.cataloguing import Cataloguing
from engine.jobs.schedule import FIRST_LOOKS
from engine.store import Store, backends
from engine.store.local_counters import LocalCounters
from engine.store.memory import MemoryCache
from engine.telemetry.events import Event
from engine.upstream import Upstream
from engine.upstream.building import build
from engine.upstream.host_clock import HostClock
from providers import Capacity, Provider, discover

DONE, EMPTY, WRONG = 0, 1, 2
LOOKS = 3
"""So many looks at prices prove a code whose name agrees."""

log = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Write the file, and return the exit status: 1 if no venue answers, 2 if the settings are wrong."""
    try:
        read_env_file()
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG
    name = arguments[0] if arguments else settings.catalogue_snapshot
    if name is None or len(arguments) > 1 or name.startswith("-"):
        sys.stderr.write("usage: python -m engine snapshot FILE, or set CATALOGUE_SNAPSHOT\n")
        return WRONG
    if settings.demo:
        sys.stderr.write("the stand-ins of the demonstration are no source of facts\n")
        return WRONG
    logging.disable()  # libraries log URLs with keys
    snapshot = collect(settings, time.time, time.sleep)
    if not snapshot.listings:
        sys.stderr.write("no venue answers; python -m engine check shows why\n")
        return EMPTY
    size = write_snapshot(snapshot, Path(name))
    markets = sum(len(listing.markets) for listing in snapshot.listings.values())
    proved = len(snapshot.identities.bindings)
    venues = ", ".join(snapshot.listings)
    sys.stdout.write(f"{name}: {markets} markets, {proved} proved codes of {venues}; {size} bytes\n")
    return DONE


def collect(settings: Settings, clock: Callable[[], float], sleep: Callable[[float], None]) -> Snapshot:
    """Ask all venues, and return what is proved afterwards."""
    store = backends.kept(settings) if settings.cache_type == "redis" else Store(MemoryCache())
    current = CurrentCatalogue(store, read_facts())
    current.adopt(lambda: None)
    private = CurrentCatalogue(Store(MemoryCache()), current.facts)  # a running engine is not affected
    private.replace(current.state, lambda: None)
    host_clock, capacity = HostClock(clock), Capacity()
    upstreams = [
        Upstream[Provider](
            build(kind, settings, capacity, host_clock),
            Store(MemoryCache()),
            LocalCounters(),
            clock=host_clock,
        )
        for kind in discover()
    ]
    job = Cataloguing(private, upstreams, Store(MemoryCache()), settings, clock, clock, _ignore)
    for look in range(LOOKS):
        if look:
            sleep(FIRST_LOOKS)
        while job.tick():
            pass
    return snapshot_of(private.state, clock())


def _ignore(event: Event) -> None:
    """Drop an event: the running engine publishes its own."""
