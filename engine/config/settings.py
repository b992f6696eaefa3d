"""The settings in one table: each with its default, its parser and its meaning.

Each field of `Settings` is an environment variable of the same name in capitals. The settings of a provider
have its name as a prefix: `<NAME>_API_KEY`, `<NAME>_BASE_URL`, `<NAME>_STREAM_URL`, `<NAME>_PROXY`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.config import headers, keys_file, parsing, targets_file, tiers
from engine.config.declaring import ProviderSettings, setting
from engine.config.redis_url import redis_url
from providers import CandleSource, QuoteSource
from providers.rss import Rss


@dataclass(frozen=True)
class Settings:
    """All settings, with their defaults."""

    host: str = setting("0.0.0.0", parsing.text, "the address to listen on")  # noqa: S104 - a container's only way out
    port: int = setting(8000, parsing.integer(1, 65535), "the port to listen on")
    public_url: str | None = setting(None, parsing.url, "this server's address, for links to its pages")
    worker_class: str = setting(
        "gevent", parsing.one_of("gevent", "gthread"), "gunicorn's worker class: `gevent` or `gthread`"
    )
    env: str = setting("production", parsing.text, "a name for this deployment, shown in the log")
    log_level: str = setting(
        "INFO", parsing.one_of("DEBUG", "INFO", "WARNING", "ERROR"), "the lowest level that is logged"
    )
    log_format: str = setting(
        "text", parsing.one_of("text", "json"), "the format of log lines: `text` or `json`"
    )
    metrics_token: str | None = setting(
        None, parsing.key, "the bearer token that `/metrics` requires; without it the metrics are public"
    )
    prometheus_multiproc_dir: str | None = setting(
        None, parsing.text, "the folder of the workers' metrics; by default a temporary one"
    )
    otel_exporter_otlp_endpoint: str | None = setting(
        None, parsing.url, "the address of an OpenTelemetry collector, which gets traces as `http/protobuf`"
    )
    otel_exporter_otlp_headers: Mapping[str, str] | None = setting(
        None, headers.parse, "`name=value` pairs by comma that it is sent too, such as a key"
    )
    otel_service_name: str = setting("crypto-data-engine", parsing.text, "the engine's name in traces")
    demo: bool = setting(
        False, parsing.boolean, "whether the providers are stand-ins; `/api/health` and every `source` say so"
    )
    workers: int = setting(
        0, parsing.integer(0, 64), "gunicorn's workers; 0: one, or one per core with Redis"
    )
    cache_type: str = setting(
        "memory",
        parsing.one_of("memory", "redis"),
        "where answers are stored: `memory`, or `redis` for several workers",
    )
    redis_url: str = setting(
        "redis://localhost:6379", redis_url, "the address of Redis for `CACHE_TYPE=redis`"
    )
    redis_timeout_seconds: float = setting(
        0.5, parsing.seconds, "seconds to wait for a reply of Redis before the worker uses its own memory"
    )
    cache_warming_enabled: bool = setting(
        True,
        parsing.boolean,
        "whether prices and candles of `1m 5m 15m 1h 4h 1d 1w` are refreshed while clients ask",
    )
    cache_warming_symbols: tuple[str, ...] = setting(
        ("BTC", "ETH", "SOL"), parsing.coins, "the coins whose candles are refreshed in the background"
    )
    cache_warming_interval: float = setting(
        300.0, parsing.seconds, "seconds between two refreshes of these candles"
    )
    catalogue_enabled: bool = setting(
        True, parsing.boolean, "whether venues are asked which markets they have"
    )
    catalogue_refresh_seconds: int = setting(
        21_600, parsing.integer(2_400, 604_800), "seconds between two requests for a venue's list of markets"
    )
    catalogue_snapshot: str | None = setting(
        None,
        parsing.path,
        "a file of `make snapshot`: the markets that are known at the start, before any venue answers",
    )
    catalogue_strict: bool = setting(
        False, parsing.boolean, "whether a code of several coins is refused though one of them owns it"
    )
    data_dir: str = setting("data", parsing.text, "the folder of everything that outlives a restart")
    database_url: str | None = setting(
        None, parsing.database_url, "`postgresql+psycopg://...` of the history; by default a SQLite file"
    )
    history_enabled: bool = setting(True, parsing.boolean, "whether closed candles are kept and served")
    history_symbols: tuple[str, ...] = setting((), parsing.coins, "the coins whose history always stays")
    history_max_bytes: int = setting(1 << 31, parsing.integer(1 << 20, 1 << 50), "bytes of the history")
    alerts_enabled: bool = setting(True, parsing.boolean, "whether keys can have alert rules")
    stream_enabled: bool = setting(True, parsing.boolean, "whether `/api/stream` is served")
    binance_at_root: bool = setting(False, parsing.boolean, "whether Binance's addresses are at the root too")
    stream_max_connections: int = setting(4000, parsing.integer(0, 10**6), "streams of clients in a worker")
    stream_max_series: int = setting(2000, parsing.integer(1, 10**5), "series and prices that are streamed")
    cache_ttl_prices: float = setting(30.0, parsing.seconds, "TTL of prices in seconds")
    cache_ttl_ohlcv: float = setting(
        300.0, parsing.seconds, "the most seconds that candles are fresh (three times as long above 1h)"
    )
    cache_ttl_sentiment: float = setting(
        600.0, parsing.seconds, "seconds that sentiment, news and overview are fresh"
    )
    cache_max_entries: int = setting(2000, parsing.integer(1, 1_000_000), "how many answers are cached")
    cache_max_bytes: int = setting(
        48 * 1024 * 1024, parsing.integer(1024 * 1024, 1 << 40), "bytes of memory for cached answers"
    )
    prices_deadline_seconds: float = setting(
        1.5, parsing.seconds, "seconds to wait for the quotes of providers"
    )
    candles_deadline_seconds: float = setting(
        10.0, parsing.seconds, "seconds after which no further provider is requested for candles"
    )
    sentiment_deadline_seconds: float = setting(
        2.5, parsing.seconds, "seconds to wait for sentiment, news and overview"
    )
    hedge_min_seconds: float = setting(
        0.3, parsing.seconds, "least seconds without an answer before the next provider is asked as well"
    )
    hedge_max_seconds: float = setting(
        1.0, parsing.seconds, "most seconds of that wait; in between the provider's 95th percentile decides"
    )
    upstream_connect_seconds: float = setting(2.0, parsing.seconds, "seconds to connect to a provider")
    upstream_read_seconds: float = setting(
        5.0, parsing.seconds, "seconds to wait for a provider's next bytes"
    )
    upstream_total_seconds: float = setting(
        8.0, parsing.seconds, "seconds for the complete answer of a provider"
    )
    upstream_max_bytes: int = setting(
        16 * 1024 * 1024,
        parsing.integer(1024, 1 << 30),
        "most bytes of a provider's answer, if the provider's own limit (2 or 4 MB) is not lower",
    )
    rate_limit_enabled: bool = setting(True, parsing.boolean, "whether clients have quotas")
    rate_limit_ohlcv: int = setting(60, parsing.integer(1, 1_000_000), "candle requests a minute")
    rate_limit_prices: int = setting(120, parsing.integer(1, 1_000_000), "price requests a minute")
    rate_limit_sentiment: int = setting(30, parsing.integer(1, 1_000_000), "sentiment requests a minute")
    rate_limit_default: int = setting(60, parsing.integer(1, 1_000_000), "other requests a minute")
    trusted_proxy_hops: int = setting(
        0,
        parsing.integer(0, 10),
        "proxies in front whose headers name the client's address; 1 by default on a Hugging Face Space",
    )
    connections_per_address: int = setting(
        1024, parsing.integer(0, 1_000_000), "maximum connections of one address to a worker; 0: unlimited"
    )
    api_keys_file: str | None = setting(
        None,
        parsing.file_of(keys_file.read),
        "the file of API keys, with lines of `name:tier:hash[:expires]`; reloaded after a change",
    )
    tiers_file: str | None = setting(
        None, parsing.file_of(tiers.read), "a YAML file of tiers: it adds to the usual ones or replaces them"
    )
    alert_targets_file: str | None = setting(
        None,
        parsing.file_of(targets_file.read),
        "a YAML file of targets for alerts: chats and mailboxes; reloaded after a change",
    )
    alert_private_targets: bool = setting(
        False, parsing.boolean, "whether webhooks may have inner addresses and ports other than 80 and 443"
    )
    edge_enabled: bool = setting(
        True, parsing.boolean, "whether fresh answers are sent by the fast path, before Flask"
    )
    cors_origins: str = setting(
        "*", parsing.origins, "origins whose pages may send requests, separated by commas"
    )
    frame_ancestors: tuple[str, ...] = setting(
        ("self", "https://huggingface.co"),
        parsing.ancestors,
        "origins that may show the pages in a frame: `none`, or `self` and origins, separated by commas",
    )
    providers_candles: tuple[str, ...] | None = setting(
        None, parsing.names_of(CandleSource), "the providers of candles, in order"
    )
    providers_quotes: tuple[str, ...] | None = setting(
        None, parsing.names_of(QuoteSource), "the providers of prices, the most trusted first"
    )
    enable_sentiment: bool = setting(True, parsing.boolean, "whether `/api/sentiment` is served")
    enable_news: bool = setting(False, parsing.boolean, "whether `/api/news` is served")
    news_rss_feeds: tuple[str, ...] = setting(
        Rss.default_feeds, parsing.urls, "RSS and Atom feeds, separated by commas"
    )
    sentiment_weight_fear_greed: int = setting(
        60, parsing.integer(0, 100), "weight of Fear & Greed in the sentiment"
    )
    sentiment_weight_news: int = setting(40, parsing.integer(0, 100), "weight of the news in the sentiment")
    https_proxy: str | None = setting(None, parsing.proxy, "a proxy for all providers, for https URLs")
    providers: Mapping[str, ProviderSettings] = field(default_factory=dict)

    def provider(self, name: str) -> ProviderSettings:
        """Return the settings of the provider `name`."""
        return self.providers.get(name, ProviderSettings())
