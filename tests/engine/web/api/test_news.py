"""`GET /api/news`."""

from functools import partial

import pytest
from flask.testing import FlaskClient

from engine.config import ProviderSettings
from engine.web.services import services_of
from tests.clock import Clock
from tests.engine.web.api.answers import failure, news
from tests.engine.web.catalogued import give_catalogue
from tests.engine.web.conftest import Make
from tests.upstreams import Fault, StandIn
from tests.upstreams.stories import stories
from tests.waiting import at_leisure, eventually

KEYED = ("cryptopanic", "newsapi")


@pytest.fixture
def client(make: Make, stand_in: StandIn) -> FlaskClient:
    """Return a client with news enabled and a key for every provider."""
    return make(enable_news=True, providers=all_providers(stand_in))


def all_providers(stand_in: StandIn) -> dict[str, ProviderSettings]:
    """Return every provider's stand-in, with keys for news."""
    named = {name.removesuffix("_BASE_URL").lower(): url for name, url in stand_in.base_urls().items()}
    return {
        name: ProviderSettings(base_url=url, api_key="key" if name in KEYED else None)
        for name, url in named.items()
    }


def test_each_story_once_newest_first(client: FlaskClient, stand_in: StandIn) -> None:
    """Stories of six sources about the same events appear once, the newest first."""
    answer = news(client, "limit=100")
    rows = answer["data"]
    paths = [row["url"].partition("?")[0] for row in rows]

    assert len(rows) == 100
    assert len(set(paths)) == 100
    assert [row["publishedAt"] for row in rows] == sorted((row["publishedAt"] for row in rows), reverse=True)
    assert {row["source"] for row in rows} >= {"The Daily Coin", "News Wire"}
    assert answer["meta"]["sources"][:3] == ["cryptopanic", "newsapi", "rss:coindesk.com"]
    assert all(row["symbols"] for row in rows)
    assert len(news(client)["data"]) == 20
    assert stand_in.calls.count("newsapi") == stand_in.calls.count("cryptopanic") == 1


def test_filters(client: FlaskClient) -> None:
    """Stories are filtered by coin, under any of its names, and by sentiment."""
    for query, name in (("symbols=MATIC", "MATIC"), ("symbols=POL", "MATIC"), ("symbols=btc", "BTC")):
        rows = news(client, f"{query}&limit=50")["data"]
        assert rows
        assert all(name in row["symbols"] for row in rows)
    for word in ("bullish", "bearish", "neutral"):
        assert {row["sentiment"] for row in news(client, f"sentiment={word}")["data"]} == {word}
    assert len(news(client, "symbols=BTC,ETH,SOL&limit=3")["data"]) == 3


def test_it_works_without_any_key(make: Make) -> None:
    """Feeds alone are enough for news, and a provider without a key is neither called nor a failure."""
    answer = news(make(enable_news=True), "limit=100")

    assert answer["meta"]["failed"] == {}
    assert len(answer["data"]) >= 40


def test_votes_decide(client: FlaskClient, stand_in: StandIn) -> None:
    """The votes of CryptoPanic's readers are the sentiment of its stories."""
    rows = {row["url"]: row["sentiment"] for row in news(client)["data"]}
    words = {1: "bullish", -1: "bearish", 0: "neutral"}
    tales = stories(stand_in.market, stand_in.market.now_ms, 20)

    assert rows == {tale.url: words[tale.sentiment] if tale.sentiment else rows[tale.url] for tale in tales}


def test_small_plans_leave_things_out(make: Make, stand_in: StandIn) -> None:
    """Small plans without votes, source, coins and URL give stories with the known fields."""
    stand_in.fault("cryptopanic", Fault("no_votes"))
    for name in ("newsapi", "rss"):
        stand_in.fault(name, Fault("status", status=500))
    rows = news(make(enable_news=True, providers=all_providers(stand_in)), "limit=100")["data"]

    assert len(rows) == 20
    assert {row["source"] for row in rows} == {"CryptoPanic"}
    assert any(row["symbols"] for row in rows)


@pytest.mark.parametrize("name", ["cryptopanic", "newsapi", "rss"])
def test_one_provider_gone(client: FlaskClient, stand_in: StandIn, name: str) -> None:
    """If one provider fails, the others serve the news, and it is listed."""
    stand_in.fault(name, Fault("reset"))
    answer = news(client)

    assert len(answer["data"]) == 20
    assert {key.partition(":")[0] for key in answer["meta"]["failed"]} == {name}


def test_all_gone(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """If all providers fail, old stories are served, and without them it is an error."""
    for name in (*KEYED, "rss"):
        stand_in.fault(name, Fault("status", status=502))
    assert failure(client, "/api/news", 503)["details"]["rss:decrypt.co"] == "HTTP 502"

    stand_in.heal()
    clock.advance(60)
    before = news(client)
    for name in (*KEYED, "rss"):
        stand_in.fault(name, Fault("status", status=502))
    clock.advance(7200)
    after = news(client)
    assert after["data"] == before["data"]
    assert (after["meta"]["stale"], after["meta"]["ageSeconds"]) == (True, 7200)


def test_a_failed_source_is_called_again_by_itself(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """A failed source is called again after a minute, and the others when their stories are stale."""
    stand_in.fault("rss", Fault("status", status=500, path="decrypt"))
    for query in ("", "limit=5", "symbols=BTC"):
        assert news(client, query)["meta"]["failed"] == {"rss:decrypt.co": "HTTP 500"}
    assert stand_in.calls.count("rss", "decrypt") == 1

    stand_in.heal()
    clock.advance(60)
    news(client)
    eventually(lambda: news(client)["meta"]["failed"] == {})
    assert stand_in.calls.count("rss", "decrypt") == 2
    assert stand_in.calls.count("rss") == 5
    assert stand_in.calls.count("newsapi") == stand_in.calls.count("cryptopanic") == 1
    assert "rss:decrypt.co" in news(client)["meta"]["sources"]


def test_stale_stories_are_served_at_once(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Stale stories are served during a refresh, and NewsAPI's budget lasts all day."""
    news(client)
    clock.advance(601)
    before = news(client)["meta"]

    assert (before["stale"], before["ageSeconds"]) == (True, 601)
    eventually(lambda: news(client)["meta"]["stale"] is False)
    assert stand_in.calls.count("rss") == 8
    assert stand_in.calls.count("newsapi") == 1


def test_a_host_that_refuses_us_opens_no_other_circuit(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """Each feed has its own circuit, and a feed with an open one is listed and not called."""
    stand_in.fault("rss", Fault("status", status=451, path="decrypt"))
    news(client)
    clock.advance(1300)
    answer = news(client)

    assert answer["meta"]["failed"] == {"rss:decrypt.co": "Region blocked"}
    assert stand_in.calls.count("rss", "decrypt") == 1
    assert stand_in.calls.count("rss", "coindesk") == 2

    stand_in.heal()
    clock.advance(3600)
    news(client)
    market = services_of(client.application).market
    eventually(lambda: "CircuitClosed" in {event.kind for event in market.events(10)})
    assert stand_in.calls.count("rss", "decrypt") == 2
    clock.advance(60)
    eventually(lambda: news(client)["meta"]["failed"] == {})


def test_slow_feeds_delay_no_other(make: Make, stand_in: StandIn) -> None:
    """Each feed has its own threads, so that a slow one does not delay the others."""
    stand_in.fault("rss", Fault("hang", path="silent"))
    feeds = (*(f"https://silent{number}.example/feed" for number in range(9)), "https://well.example/feed")
    quick = {"enable_news": True, "sentiment_deadline_seconds": 2.0}
    answer = at_leisure(
        lambda: news(make(news_rss_feeds=feeds, **quick)), lambda answer: answer["meta"]["sources"]
    )

    assert answer["meta"]["sources"] == ["rss:well.example"]
    assert set(answer["meta"]["failed"].values()) == {"Timeout"}


def test_each_feed_has_its_budget(make: Make) -> None:
    """Each feed has its own budget, because there are more feeds than calls per minute for one host."""
    feeds = tuple(f"https://a{number}.example/feed" for number in range(60))
    answer = news(make(enable_news=True, news_rss_feeds=feeds, sentiment_deadline_seconds=30.0))

    assert answer["meta"]["failed"] == {}
    assert len(answer["meta"]["sources"]) == 60


def test_one_bad_feed_does_not_affect_the_others(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """A feed that fails repeatedly makes the state of all feeds degraded, and no worse."""
    stand_in.fault("rss", Fault("status", status=500, path="decrypt"))

    def failed(times: int) -> bool:
        news(client)
        return stand_in.calls.count("rss", "decrypt") >= times

    for times in range(1, 5):
        eventually(partial(failed, times))
        clock.advance(61)

    rows = {row["name"]: row for row in client.get("/api/providers").get_json()}
    assert rows["rss"]["state"] == "degraded"
    assert rows["rss"]["lastFailure"]["reason"] == "HTTP 500"


def test_hostile_titles_and_links(client: FlaskClient, stand_in: StandIn) -> None:
    """Markup in titles is removed, and links are HTTP or HTTPS."""
    for name in (*KEYED, "rss"):
        stand_in.fault(name, Fault("hostile"))
    rows = news(client, "limit=100")["data"]

    assert rows
    for row in rows:
        assert not set("<>&") & set(row["title"])
        assert "alert" not in row["title"]
        assert row["url"].startswith("https://")


@pytest.mark.parametrize("kind", ["undated", "empty"])
def test_useless_stories_are_left_out(client: FlaskClient, stand_in: StandIn, kind: str) -> None:
    """Stories without a plausible date are omitted, and a provider with no others has failed."""
    for name in ("newsapi", "rss"):
        stand_in.fault(name, Fault(kind))
    rows = news(client, "limit=100")["data"]

    assert len(rows) == 20
    assert {row["source"] for row in rows} == {"The Daily Coin"}


def test_the_operator_chooses_the_feeds(make: Make, stand_in: StandIn) -> None:
    """The operator chooses the feeds, and two feeds of one host are distinguished by their paths."""
    feeds = ("https://a.example/one", "https://a.example/two", "https://b.example/feed")
    answer = news(make(enable_news=True, news_rss_feeds=feeds))

    assert answer["meta"]["sources"] == ["rss:a.example/one", "rss:a.example/two", "rss:b.example"]
    assert {call.path for call in stand_in.calls.list("rss")} == {feed[7:] for feed in feeds}


def test_feeds_that_differ_in_their_query_only(make: Make) -> None:
    """Feeds that differ only in their query are numbered, because a query may contain a key."""
    feeds = ("https://a.example/feed?key=1", "https://a.example/feed?key=2")
    answer = news(make(enable_news=True, news_rss_feeds=feeds))

    assert answer["meta"]["sources"] == ["rss:a.example/feed", "rss:a.example/feed#2"]


def test_disabled_by_default(make: Make, stand_in: StandIn) -> None:
    """Disabled news is 404 with its code, and sentiment still uses it."""
    client = make()

    assert failure(client, "/api/news?limit=nonsense", 404)["code"] == "FEATURE_DISABLED"
    assert stand_in.calls.count() == 0


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "INVALID_PARAMETER"),
        ("limit=101", "INVALID_PARAMETER"),
        ("sentiment=happy", "INVALID_PARAMETER"),
        ("symbols=FOO", "INVALID_SYMBOL"),
        ("page=2", "INVALID_PARAMETER"),
    ],
)
def test_invalid_requests(client: FlaskClient, stand_in: StandIn, query: str, code: str) -> None:
    """An invalid request is 400 without a call to a provider."""
    assert failure(client, f"/api/news?{query}", 400)["code"] == code
    assert stand_in.calls.count() == 0


def test_any_coin_of_the_catalogue_may_be_asked_for(client: FlaskClient) -> None:
    """The stories of any coin are those with its full name; its code takes no stories of another coin."""
    give_catalogue(client)

    assert news(client, "symbols=@neiro-eth&limit=100")["data"] == []
    assert news(client, "symbols=bitcoin,MANA&limit=100") == news(client, "symbols=BTC&limit=100")


def test_empty_feeds_are_failures(make: Make, stand_in: StandIn, clock: Clock) -> None:
    """A feed without any story says nothing about the market: its last ones stand in, and say so."""
    client = make(enable_news=True)
    before = news(client)
    empty = '<rss version="2.0"><channel><title>News</title></channel></rss>'
    stand_in.fault("rss", Fault("status", status=200, body=empty))
    clock.advance(1300)
    after = news(client)

    assert after["data"] == before["data"]
    assert (after["meta"]["stale"], after["meta"]["ageSeconds"]) == (True, 1300)
