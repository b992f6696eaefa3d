"""`make load`: run profiles against the real server, print the table, and write a page for each.

`python -m tests.load rush` runs one. The exit status is 1 if a requirement does not hold.
"""

from locust import stats as locust_stats  # isort: skip - patches sockets before other modules import them

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gevent
import requests
from locust.env import Environment
from locust.html import get_html_report

from tests.load.clients import CacheCount, client
from tests.load.mix import EVERYTHING
from tests.load.profiles import HEADER, PROFILES, Figures, Profile
from tests.running import Engine, free_port
from tests.upstreams.dialects import DIALECTS

SLOWNESS = {"kraken": 0.2, "coingecko": 0.6, "coinpaprika": 0.4, "rss": 0.5}
"""Seconds that these take on top of what all take."""
DELAY = 0.08
FAILING: dict[str, dict[str, object]] = {
    "kucoin": {"kind": "status", "status": 500},
    "gate": {"kind": "reset"},
}
HANGING: dict[str, dict[str, object]] = {"binance": {"kind": "hang"}}
"""The first choice for candles."""


def main() -> int:
    """Run the requested profiles and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("profiles", nargs="*", default=["normal", "peak", "stress", "rush"])
    parser.add_argument("--reports", type=Path, default=Path("reports"), help="where the pages go")
    parser.add_argument(
        "--untimed", action="store_true", help="judge no milliseconds: the machine has other work"
    )
    options = parser.parse_args()
    options.reports.mkdir(exist_ok=True)
    print(HEADER, flush=True)
    missed = []
    for name in options.profiles:
        figures = run(PROFILES[name], options.reports / f"load-{name}.html")
        print(figures.row(), flush=True)
        missed += [f"{name}: {what}" for what in figures.missed(timed=not options.untimed)]
    print("\n".join(missed) or "all requirements hold", flush=True)
    return 1 if missed else 0


def run(profile: Profile, page: Path) -> Figures:
    """Run a profile against its own server, one of whose providers hangs from the start."""
    with served() as (engine, _):
        return drive(profile, engine.url, page)


@contextmanager
def served() -> Iterator[tuple[Engine, str]]:
    """Yield a server that has answered every frequent query once, and the address of its faulty providers."""
    with upstreams() as address:
        hosts = {f"{name.upper()}_BASE_URL": f"{address}/{name}" for name in DIALECTS}
        with Engine({**hosts, "TRUSTED_PROXY_HOPS": "1", "LOG_LEVEL": "ERROR"}, fresh=True) as engine:
            for path in EVERYTHING:
                requests.get(engine.url + path, headers={"X-Forwarded-For": "198.19.0.1"}, timeout=30)
            for provider, fault in (FAILING | HANGING).items():
                wrong(address, provider, fault)
            yield engine, address


def drive(profile: Profile, url: str, page: Path) -> Figures:
    """Run the clients of `profile`, and write the results to `page`."""
    environment = Environment(user_classes=[client(profile)], host=url)
    cache_count = CacheCount()
    environment.events.request.add_listener(cache_count.count)  # type: ignore[no-untyped-call]
    runner = environment.create_local_runner()
    counting = gevent.spawn(locust_stats.stats_history, runner)
    runner.start(profile.users, spawn_rate=profile.users)
    gevent.sleep(profile.seconds)
    runner.quit()
    counting.kill()
    page.write_text(get_html_report(environment))  # type: ignore[no-untyped-call]
    total = environment.stats.total
    p50, p95, p99 = (total.get_response_time_percentile(share) or 0.0 for share in (0.5, 0.95, 0.99))
    return Figures(
        profile.name,
        total.num_requests,
        total.num_failures,
        cache_count.hits,
        cache_count.cached,
        total.num_requests / profile.seconds,
        profile.per_second,
        p50,
        p95,
        p99,
    )


@contextmanager
def upstreams() -> Iterator[str]:
    """Yield the stand-in in its own process, with some slow providers."""
    port = free_port()
    command = [sys.executable, "-m", "tests.upstreams", "--port", str(port), "--delay", str(DELAY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        address = f"http://127.0.0.1:{port}"
        try:
            for provider, seconds in SLOWNESS.items():
                wrong(address, provider, {"kind": "delay", "seconds": seconds})
            yield address
        finally:
            process.terminate()


def wrong(address: str, provider: str, fault: dict[str, object]) -> None:
    """Give a provider of the stand-in a fault."""
    response = requests.post(f"{address}/_control/fault", json={"provider": provider, **fault}, timeout=5)
    response.raise_for_status()


if __name__ == "__main__":
    raise SystemExit(main())
