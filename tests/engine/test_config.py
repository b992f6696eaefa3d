"""The settings, and what happens to wrong ones."""

import pytest

from engine.config import ProviderSettings, Settings, SettingsError


def test_everything_is_optional() -> None:
    """An empty environment gives the documented defaults."""
    settings = Settings.load({})

    assert settings.port == 8000
    assert settings.cache_ttl_prices == 30
    assert settings.prices_deadline_seconds == 1.5
    assert settings.rate_limit_enabled
    assert not settings.demo
    assert settings.providers_candles is None
    assert settings.provider("binance") == ProviderSettings()


def test_a_setting_is_read_from_the_variable_of_its_name() -> None:
    """In capitals; empty means unset; overrides win."""
    environment = {"PORT": "9000", "CACHE_TTL_PRICES": "12.5", "HOST": "", "PROVIDERS_QUOTES": "kraken, okx"}
    settings = Settings.load(environment, cache_ttl_ohlcv=7.0)

    assert settings.port == 9000
    assert settings.cache_ttl_prices == 12.5
    assert settings.host == "0.0.0.0"
    assert settings.providers_quotes == ("kraken", "okx")
    assert settings.cache_ttl_ohlcv == 7.0


def test_feeds_are_addresses() -> None:
    """Several by comma, each once; nothing else, and no password in them."""
    given = "https://a.example/feed?format=rss, http://b.example/,https://b.example/x , http://b.example/"
    settings = Settings.load({"NEWS_RSS_FEEDS": given})

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
        "https://a.example,,",
    ):
        with pytest.raises(SettingsError, match="NEWS_RSS_FEEDS"):
            Settings.load({"NEWS_RSS_FEEDS": wrong})


def test_something_must_count_in_the_mood() -> None:
    """Weights of nothing at all are a mistake."""
    weights = {"SENTIMENT_WEIGHT_FEAR_GREED": "0", "SENTIMENT_WEIGHT_NEWS": "5"}

    assert Settings.load(weights).sentiment_weight_news == 5
    with pytest.raises(SettingsError, match="SENTIMENT_WEIGHT_NEWS"):
        Settings.load({**weights, "SENTIMENT_WEIGHT_NEWS": "0"})


def test_each_provider_has_a_key_a_host_and_a_proxy() -> None:
    """Named for it; keys are not shown by accident."""
    settings = Settings.load(
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
    """The start stops with one message that names every wrong variable."""
    wrong = {
        "PORT": "eight",
        "CACHE_TTL_PRICES": "-1",
        "DEMO": "maybe",
        "LOG_LEVEL": "LOUD",
        "PROVIDERS_CANDLES": "binance,nobody",
        "PROVIDERS_QUOTES": "okx,okx",
        "KRAKEN_BASE_URL": "kraken.com",
        "HTTPS_PROXY": "ftp://proxy",
        "CACHE_MAX_ENTRIES": "0",
    }

    with pytest.raises(SettingsError) as caught:
        Settings.load(wrong)

    for name in wrong:
        assert name in str(caught.value)


def test_a_provider_can_only_be_chosen_for_what_it_can_do() -> None:
    """Coinbase has no quotes for all coins in one call."""
    with pytest.raises(SettingsError, match="PROVIDERS_QUOTES"):
        Settings.load({"PROVIDERS_QUOTES": "coinbase"})
