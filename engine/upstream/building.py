"""Making a provider as the settings want it."""

from functools import partial

from engine.config import Settings
from engine.upstream.host_clock import HostClock
from providers import Aside, Http, Limits, Provider, Room, here


def build(
    kind: type[Provider],
    settings: Settings,
    room: Room,
    clock: HostClock,
    aside: Aside = here,
) -> Provider:
    """The provider with its key, its host, its proxy, everybody's limits and a share of the `room`.

    It asks by the corrected time of `clock`, which it tells the time in turn, and reads long answers `aside`.
    """
    own = settings.provider(kind.name)
    limits = Limits(
        connect=settings.upstream_connect_seconds,
        read=settings.upstream_read_seconds,
        total=settings.upstream_total_seconds,
        body=settings.upstream_max_bytes,
    )
    proxies = {"https": settings.https_proxy} if settings.https_proxy else {}
    if own.proxy:
        proxies = {"http": own.proxy, "https": own.proxy}
    http = Http(limits, proxies=proxies, room=room)
    provider = kind(http, key=own.api_key, base_url=own.base_url, clock=clock.corrected, aside=aside)
    provider.observe_reply = partial(clock.observe, provider.name)
    return provider
