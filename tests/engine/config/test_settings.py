"""The settings, and the errors for invalid ones."""

from collections.abc import Iterator

import pytest

from engine.config import ProviderSettings, SettingsError, load_settings, process_settings, server_settings


def test_everything_is_optional() -> None:
    """Every setting is optional, and an empty environment gives the documented defaults."""
    settings = load_settings({})

    assert settings.port == 8000
    assert settings.cache_ttl_prices == 30
    assert settings.prices_deadline_seconds == 1.5
    assert settings.rate_limit_enabled
    assert not settings.demo
    assert settings.providers_candles is None
    assert settings.provider("binance") == ProviderSettings()


def test_a_setting_is_read_from_the_variable_of_its_name() -> None:
    """A variable has the setting's name in capitals, an empty value means unset, and overrides win."""
    environment = {"PORT": "9000", "CACHE_TTL_PRICES": "12.5", "HOST": "", "PROVIDERS_QUOTES": "kraken, okx"}
    settings = load_settings(environment, cache_ttl_ohlcv=7.0)

    assert settings.port == 9000
    assert settings.cache_ttl_prices == 12.5
    assert settings.host == "0.0.0.0"
    assert settings.providers_quotes == ("kraken", "okx")
    assert settings.cache_ttl_ohlcv == 7.0


@pytest.fixture
def unread() -> Iterator[None]:
    """Let the settings of this process be read again."""
    process_settings.cache_clear()
    yield
    process_settings.cache_clear()


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize(("given", "found"), [("/metrics", "/metrics"), ("", "/new"), (" ", "/new")])
def test_the_workers_of_a_server_share_a_folder_of_metrics(
    monkeypatch: pytest.MonkeyPatch, given: str, found: str
) -> None:
    """The folder that is set is used, or else a new one, which a reload of the configuration keeps."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", given)

    assert server_settings(lambda: "/new").prometheus_multiproc_dir == found
    assert server_settings(lambda: "/newer") is process_settings()
    process_settings.cache_clear()
    assert server_settings(lambda: "/newer").prometheus_multiproc_dir == found


def test_feeds_are_addresses() -> None:
    """Feeds are unique addresses separated by commas, and other texts and passwords are refused."""
    given = "https://a.example/feed?format=rss, http://b.example/,https://b.example/x , http://b.example/"
    settings = load_settings({"NEWS_RSS_FEEDS": given})

    assert settings.news_rss_feeds == (
        "https://a.example/feed?format=rss",
        "http://b.example/",
        "https://b.example/x",
    )
    for wrong in (
        "ftp://a.example",
        "a.example/feed",
        "https://",
        "https://u:p@a.example",
        "https://:p@a.example",
        "https://a.example,,",
    ):
        with pytest.raises(SettingsError, match="NEWS_RSS_FEEDS"):
            load_settings({"NEWS_RSS_FEEDS": wrong})


@pytest.mark.parametrize(
    ("text", "ancestors"),
    [
        ("none", ("none",)),
        ("self", ("self",)),
        ("self, https://a.example", ("self", "https://a.example")),
        ("http://a:80,https://b", ("http://a:80", "https://b")),
    ],
)
def test_a_page_may_be_framed_by_these(text: str, ancestors: tuple[str, ...]) -> None:
    """Pages may be framed by no page, by pages of this engine, or by given origins."""
    assert load_settings({"FRAME_ANCESTORS": text}).frame_ancestors == ancestors


@pytest.mark.parametrize(
    "text", ["*", "none,self", "'self'", "a.example", "https://a/b", "https://a;b", "self,,"]
)
def test_other_frame_ancestors_are_refused(text: str) -> None:
    """Other texts for frame ancestors are refused, because they could allow frames by accident."""
    with pytest.raises(SettingsError, match="FRAME_ANCESTORS"):
        load_settings({"FRAME_ANCESTORS": text})


@pytest.mark.parametrize(
    "origins",
    ["*", "https://a.example", "https://a.example, http://localhost:3000", "http://[::1]:8080"],
)
def test_origins_are_what_browsers_send(origins: str) -> None:
    """An origin is a scheme, a host and possibly a port, and `*` means any origin."""
    assert load_settings({"CORS_ORIGINS": origins}).cors_origins == origins


@pytest.mark.parametrize(
    "origins",
    [
        "a.example",
        "https://a.example/",
        "https://a.example/app",
        "https://A.example",
        "https://*.a.example",
        "*, https://a.example",
        "https://a.example,",
        "null",
        "ftp://a.example",
    ],
)
def test_a_text_that_no_browser_sends_is_refused_as_an_origin(origins: str) -> None:
    """A text that no browser sends is refused as an origin, because as a pattern it may match other sites."""
    with pytest.raises(SettingsError, match="CORS_ORIGINS: must be "):
        load_settings({"CORS_ORIGINS": origins})


def test_one_part_of_sentiment_must_have_a_weight() -> None:
    """The two weights of sentiment may not both be 0."""
    weights = {"SENTIMENT_WEIGHT_FEAR_GREED": "0", "SENTIMENT_WEIGHT_NEWS": "5"}

    assert load_settings(weights).sentiment_weight_news == 5
    with pytest.raises(SettingsError, match="SENTIMENT_WEIGHT_NEWS"):
        load_settings({**weights, "SENTIMENT_WEIGHT_NEWS": "0"})


def test_each_provider_has_a_key_a_host_and_a_proxy() -> None:
    """A provider's variables begin with its name, and `repr` hides its key."""
    settings = load_settings(
        {
            "COINCAP_API_KEY": "secret",
            "BINANCE_BASE_URL": "http://127.0.0.1:9000/binance/",
            "BYBIT_PROXY": "http://proxy:3128",
        }
    )

    assert settings.provider("coincap").api_key == "secret"
    assert settings.provider("binance").base_url == "http://127.0.0.1:9000/binance"
    assert settings.provider("bybit").proxy == "http://proxy:3128"
    assert "secret" not in repr(settings)


def test_all_mistakes_are_named_at_once() -> None:
    """One message names every invalid variable when the start stops."""
    wrong = {
        "PORT": "eight",
        "CACHE_TTL_PRICES": "-1",
        "DEMO": "maybe",
        "LOG_LEVEL": "LOUD",
        "PROVIDERS_CANDLES": "binance,unknown",
        "PROVIDERS_QUOTES": "okx,okx",
        "KRAKEN_BASE_URL": "kraken.com",
        "HTTPS_PROXY": "ftp://proxy",
        "CACHE_MAX_ENTRIES": "0",
    }

    with pytest.raises(SettingsError) as caught:
        load_settings(wrong)

    for name in wrong:
        assert name in str(caught.value)


def test_a_provider_can_be_chosen_for_its_abilities_only() -> None:
    """A provider without an ability is refused for it, as Coinbase is for quotes."""
    with pytest.raises(SettingsError, match="PROVIDERS_QUOTES"):
        load_settings({"PROVIDERS_QUOTES": "coinbase"})


def wrong(**environment: str) -> str:
    """Return the error message that these variables raise."""
    with pytest.raises(SettingsError) as caught:
        load_settings(environment)
    return str(caught.value)


def test_the_message_for_a_number_names_its_bounds() -> None:
    """The message for an invalid number states the allowed range."""
    assert wrong(PORT="eight", WORKERS="-1", CACHE_TTL_PRICES="soon") == (
        "Invalid settings:\n"
        "  PORT: must be an integer from 1 to 65535\n"
        "  WORKERS: must be an integer from 0 to 64\n"
        "  CACHE_TTL_PRICES: must be a number of more than 0 and at most 3600"
    )


def test_a_missing_file_stops_the_start() -> None:
    """A missing file stops the start, before the first request with a key."""
    assert "API_KEYS_FILE: file not found" in wrong(API_KEYS_FILE="/nowhere/keys")


def test_several_workers_need_redis() -> None:
    """One worker may use memory, and several workers need Redis."""
    assert "WORKERS, CACHE_TYPE: several workers need CACHE_TYPE=redis" in wrong(WORKERS="2")
    assert load_settings({"WORKERS": "1"}).workers == 1
    assert load_settings({"WORKERS": "2", "CACHE_TYPE": "redis"}).workers == 2


def test_a_chosen_provider_has_its_key() -> None:
    """A chosen provider without its key stops the start."""
    message = wrong(PROVIDERS_QUOTES="binance,coincap", PROVIDERS_CANDLES="cryptocompare")

    assert "PROVIDERS_QUOTES, COINCAP_API_KEY: coincap is selected and needs a key" in message
    assert "PROVIDERS_CANDLES, CRYPTOCOMPARE_API_KEY: cryptocompare is selected and needs a key" in message
    assert load_settings({"PROVIDERS_QUOTES": "coincap", "COINCAP_API_KEY": "k"}).providers_quotes


def test_the_minimum_of_a_hedge_is_not_above_its_maximum() -> None:
    """The minimum of a hedge may not be above its maximum."""
    assert "HEDGE_MIN_SECONDS" in wrong(HEDGE_MIN_SECONDS="2")
    assert load_settings({"HEDGE_MIN_SECONDS": "2", "HEDGE_MAX_SECONDS": "2"}).hedge_max_seconds == 2.0


def test_an_invalid_value_is_reported_once() -> None:
    """A value that cannot be parsed is reported once, without further contradictions."""
    assert wrong(WORKERS="2", CACHE_TYPE="reddis").count("\n") == 1


@pytest.mark.parametrize("variable", ["REDIS_URL", "HTTPS_PROXY", "BINANCE_BASE_URL", "KRAKEN_PROXY"])
@pytest.mark.parametrize("address", ["http://u:hunter2/3@host", "redis://:hunter2/3@host", "http://[hunter2"])
def test_a_wrong_address_is_not_repeated(variable: str, address: str) -> None:
    """The error for a wrong address omits the address, because it may contain a password."""
    if address.startswith("redis") != (variable == "REDIS_URL"):
        address = f"x{address}"

    assert variable in wrong(**{variable: address})
    assert "hunter2" not in wrong(**{variable: address})


def test_headers_of_the_collector_are_pairs() -> None:
    """Headers are pairs by comma, with values that may be percent-encoded, and are not shown."""
    settings = load_settings({"OTEL_EXPORTER_OTLP_HEADERS": "api-key=hunter2, authorization=Basic%20a=="})

    assert settings.otel_exporter_otlp_headers == {"api-key": "hunter2", "authorization": "Basic a=="}
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("text", ["hunter2", "=hunter2", "a b=hunter2", "a=hunter2%0d%0ab: c", "a=hunter2,"])
def test_other_headers_of_the_collector_are_refused(text: str) -> None:
    """A text that is no list of headers is refused, and not repeated."""
    refusal = wrong(OTEL_EXPORTER_OTLP_HEADERS=text)

    assert "OTEL_EXPORTER_OTLP_HEADERS: must be name=value pairs" in refusal
    assert "hunter2" not in refusal


def test_a_space_has_one_proxy_in_front() -> None:
    """A Space has one trusted proxy by default, and `TRUSTED_PROXY_HOPS` overrides it."""
    space = {"SPACE_ID": "owner/engine"}

    assert load_settings({}).trusted_proxy_hops == 0
    assert load_settings(space).trusted_proxy_hops == 1
    assert load_settings({**space, "TRUSTED_PROXY_HOPS": "2"}).trusted_proxy_hops == 2
    assert load_settings({**space, "TRUSTED_PROXY_HOPS": "0"}).trusted_proxy_hops == 0


def test_a_space_knows_its_address() -> None:
    """A Space has the address that Hugging Face gives it, and `PUBLIC_URL` overrides it."""
    space = {"SPACE_ID": "owner/engine", "SPACE_HOST": "owner-engine.hf.space"}

    assert load_settings({}).public_url is None
    assert load_settings(space).public_url == "https://owner-engine.hf.space"
    assert load_settings({**space, "PUBLIC_URL": "https://own.example"}).public_url == "https://own.example"


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("RATE_LIMIT_OHLVC", "RATE_LIMIT_OHLCV"),
        ("CACHE_TTL_PRICE", "CACHE_TTL_PRICES"),
        ("TRUSTED_PROXY_HOP", "TRUSTED_PROXY_HOPS"),
        ("BINANCE_APIKEY", "BINANCE_API_KEY"),
        ("HISTORY_MAXBYTES", "HISTORY_MAX_BYTES"),
        ("OTEL_EXPORTER_OTPL_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
    ],
)
def test_a_name_that_is_nearly_a_settings_stops_the_start(variable: str, meant: str) -> None:
    """A variable at most two letters from a setting is refused with the name that was meant."""
    with pytest.raises(SettingsError, match=f"{variable}: is no setting; {meant} is"):
        load_settings({variable: "1"})


@pytest.mark.parametrize(
    "variable",
    [
        "REDIS_PORT",
        "REDIS_SERVICE_HOST",
        "REDIS_PORT_6379_TCP",
        "LOG_SERVICE_PORT",
        "HOSTS",
        "PORTS",
        "HISTORY_OF_NOTHING",
        "RATES_LIMIT_OHLCV",
        "HISTSIZE",
        "OTEL_BSP_SCHEDULE_DELAY",
        "OTEL_EXPORTER_OTLP_TIMEOUT",
    ],
)
def test_variables_of_other_programs_pass(variable: str) -> None:
    """Single words, names of Kubernetes and those with another first word are no mistake."""
    load_settings({variable: "1"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PUBLIC_URL", "http://x y"),
        ("PUBLIC_URL", 'http://x"><b>'),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "postgresql+psycopg://"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(name: str, text: str) -> None:
    """An address with characters that none has, or without its last part, stops the start."""
    with pytest.raises(SettingsError, match=f"{name}: must be "):
        load_settings({name: text})
