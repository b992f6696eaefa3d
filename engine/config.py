"""The settings: the only reader of the environment. A wrong value stops the start.

Each field of `Settings` is an environment variable of the same name in capitals. What belongs to a
provider is named for it: `<NAME>_API_KEY`, `<NAME>_BASE_URL`, `<NAME>_PROXY`.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from providers import CandleSource, Provider, QuoteSource, discover
from providers.rss import Rss


class SettingsError(Exception):
    """One or more settings are wrong; the message names each."""


def _text(value: str) -> str:
    return value


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        number = int(value)
        if not least <= number <= most:
            raise ValueError(f"must be from {least} to {most}")
        return number

    return parse


def _seconds(value: str) -> float:
    number = float(value)
    if not 0 < number <= 3600:
        raise ValueError("must be more than 0 and at most 3600")
    return number


def _boolean(value: str) -> bool:
    if value.lower() not in ("true", "false", "1", "0"):
        raise ValueError("must be true or false")
    return value.lower() in ("true", "1")


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return parse


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be http(s)://host, optionally with a port and a path")
    return value.rstrip("/")


def _names_of(ability: type[Provider]) -> Callable[[str], tuple[str, ...]]:
    def parse(value: str) -> tuple[str, ...]:
        known = [provider.name for provider in discover() if issubclass(provider, ability)]
        names = tuple(name.strip() for name in value.split(","))
        for name in names:
            if name not in known:
                raise ValueError(f"{name!r} is none of {', '.join(known)}")
        if len(set(names)) < len(names):
            raise ValueError("names a provider twice")
        return names

    return parse


def _urls(value: str) -> tuple[str, ...]:
    urls = tuple(url.strip() for url in value.split(","))
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ValueError("must be http(s) addresses, separated by commas")
    return tuple(dict.fromkeys(urls))


def _setting(default: Any, parse: Callable[[str], Any], meaning: str) -> Any:
    return field(default=default, metadata={"parse": parse, "meaning": meaning})


@dataclass(frozen=True)
class ProviderSettings:
    """What an operator may say about one provider."""

    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    proxy: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, with what holds where nothing is."""

    host: str = _setting("0.0.0.0", _text, "the address to listen on")  # noqa: S104 - a container's only way out
    port: int = _setting(8000, _whole(1, 65535), "the port to listen on")
    worker_class: str = _setting("gevent", _one_of("gevent", "gthread"), "gunicorn's kind of worker")
    env: str = _setting("production", _text, "a name for this deployment, shown in the log")
    log_level: str = _setting(
        "INFO", _one_of("DEBUG", "INFO", "WARNING", "ERROR"), "the least severe event that is logged"
    )
    demo: bool = _setting(
        False, _boolean, "the providers are stand-ins: `/api/health` and every `source` say so"
    )
    cache_ttl_prices: float = _setting(30.0, _seconds, "seconds that prices are fresh")
    cache_ttl_ohlcv: float = _setting(
        300.0, _seconds, "seconds that candles are fresh at most (three times that above 1h)"
    )
    cache_ttl_sentiment: float = _setting(600.0, _seconds, "seconds that mood, news and overview are fresh")
    cache_max_entries: int = _setting(2000, _whole(1, 1_000_000), "how many answers are kept")
    prices_deadline_seconds: float = _setting(
        1.5, _seconds, "seconds after which a provider's quotes are no longer waited for"
    )
    candles_deadline_seconds: float = _setting(
        10.0, _seconds, "seconds after which no further provider is asked for candles"
    )
    sentiment_deadline_seconds: float = _setting(2.5, _seconds, "seconds to wait for mood, news and overview")
    upstream_connect_seconds: float = _setting(2.0, _seconds, "seconds to connect to a provider")
    upstream_read_seconds: float = _setting(5.0, _seconds, "seconds of a provider's silence")
    upstream_total_seconds: float = _setting(8.0, _seconds, "seconds for a provider's whole answer")
    upstream_max_bytes: int = _setting(
        16 * 1024 * 1024, _whole(1024, 1 << 30), "bytes of a provider's answer"
    )
    rate_limit_enabled: bool = _setting(True, _boolean, "whether clients have quotas")
    rate_limit_ohlcv: int = _setting(60, _whole(1, 1_000_000), "candle requests a minute")
    rate_limit_prices: int = _setting(120, _whole(1, 1_000_000), "price requests a minute")
    rate_limit_sentiment: int = _setting(30, _whole(1, 1_000_000), "sentiment requests a minute")
    rate_limit_default: int = _setting(60, _whole(1, 1_000_000), "other requests a minute")
    cors_origins: str = _setting("*", _text, "origins that browsers may call from, comma separated")
    providers_candles: tuple[str, ...] | None = _setting(
        None, _names_of(CandleSource), "which providers give candles, in this order"
    )
    providers_quotes: tuple[str, ...] | None = _setting(
        None, _names_of(QuoteSource), "which providers give prices, the most trusted first"
    )
    enable_sentiment: bool = _setting(True, _boolean, "whether `/api/sentiment` is served")
    enable_news: bool = _setting(False, _boolean, "whether `/api/news` is served")
    news_rss_feeds: tuple[str, ...] = _setting(
        Rss.default_feeds, _urls, "RSS and Atom feeds, comma separated"
    )
    sentiment_weight_fear_greed: int = _setting(60, _whole(0, 100), "weight of Fear & Greed in the mood")
    sentiment_weight_news: int = _setting(40, _whole(0, 100), "weight of the news in the mood")
    https_proxy: str | None = _setting(None, _url, "a proxy for all providers")
    providers: Mapping[str, ProviderSettings] = field(default_factory=dict)

    def provider(self, name: str) -> ProviderSettings:
        """What was said about the provider `name`."""
        return self.providers.get(name, ProviderSettings())

    def label(self, source: str) -> str:
        """How `source` is named in answers: a stand-in's figures are never mistaken for real ones."""
        return f"demo:{source}" if self.demo else source

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None, **overrides: Any) -> "Settings":
        """The settings of the process, or of `environment`; `overrides` win. Raises `SettingsError`."""
        environment = os.environ if environment is None else environment
        mistakes: list[str] = []
        values: dict[str, Any] = {}

        def read(variable: str, parse: Callable[[str], Any]) -> Any:
            text = environment.get(variable, "").strip()
            try:
                return parse(text) if text else None
            except ValueError as error:
                mistakes.append(f"{variable}: {error}")
                return None

        for setting in fields(cls):
            if (
                setting.metadata
                and (value := read(setting.name.upper(), setting.metadata["parse"])) is not None
            ):
                values[setting.name] = value
        values["providers"] = {
            provider.name: ProviderSettings(
                api_key=read(f"{provider.name.upper()}_API_KEY", _text),
                base_url=read(f"{provider.name.upper()}_BASE_URL", _url),
                proxy=read(f"{provider.name.upper()}_PROXY", _url),
            )
            for provider in discover()
        }
        if values.get("sentiment_weight_fear_greed", 60) + values.get("sentiment_weight_news", 40) == 0:
            mistakes.append("SENTIMENT_WEIGHT_FEAR_GREED, SENTIMENT_WEIGHT_NEWS: one must be more than 0")
        if mistakes:
            raise SettingsError("These settings are wrong:\n  " + "\n  ".join(mistakes))
        return cls(**{**values, **overrides})
