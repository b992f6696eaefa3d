"""Build providers from the settings."""

from collections.abc import Callable
from functools import partial

from engine.config import Settings
from engine.upstream.host_clock import HostClock
from providers import Capacity, Http, Limits, Provider, Runner, run_inline


def build(
    kind: type[Provider],
    settings: Settings,
    capacity: Capacity,
    clock: HostClock,
    runner: Runner = run_inline,
    client: Callable[..., Http] = Http,
) -> Provider:
    """Build a provider with its key, host and proxy, the common limits and the shared `capacity`.

    It uses the corrected time of `clock` and reports the times of its replies there. It parses long answers
    with `runner`. `client` makes what opens its connections.
    """
    configured = settings.provider(kind.name)
    limits = Limits(
        connect=settings.upstream_connect_seconds,
        read=settings.upstream_read_seconds,
        total=settings.upstream_total_seconds,
        body=settings.upstream_max_bytes,
    )
    proxies = {"https": settings.https_proxy} if settings.https_proxy else {}
    if configured.proxy:
        proxies = {"http": configured.proxy, "https": configured.proxy}
    http = client(limits, proxies=proxies, capacity=capacity)
    provider = kind(
        http, key=configured.api_key, base_url=configured.base_url, clock=clock.corrected, runner=runner
    )
    provider.observe_reply = partial(clock.observe, provider.name)
    return provider
