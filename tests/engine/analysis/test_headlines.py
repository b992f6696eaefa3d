"""Stories are safe to show, have the right coins, and appear once."""

import html
from functools import cache
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.headlines import Story, full_name, merge, newest, safe_text, safe_url, story
from engine.analysis.headlines._alike import Features, same
from engine.analysis.headlines._coins import coins_in
from engine.analysis.headlines._text import LONGEST_TITLE, canonical
from providers import Asset, Headline, Votes
from tests.costs import ratio

NOW = 1_767_324_600_000
HOUR = 3_600_000


@cache
def coins_of(title: str) -> tuple[Asset, ...]:
    """Return the coins of a title, which several tests may have."""
    return tuple(coins_in(title))


def tale(title: str, url: str = "https://a.example/1", age: int = 0, sentiment: str = "neutral") -> Story:
    """Return a story of `age` milliseconds."""
    return Story(title, url, "a.example", NOW - age, coins_of(title), sentiment)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bitcoin <b>rallies</b>", "Bitcoin rallies"),
        ("Bitcoin &lt;b&gt;rallies&lt;/b&gt;", "Bitcoin rallies"),
        ("&amp;lt;img src=x onerror=alert(1)&amp;gt;Bitcoin", "Bitcoin"),
        ("<script>alert(1)</script>Bitcoin", "Bitcoin"),
        ("<script>alert(1)", ""),
        ("<style>a{}</style>x<!-- no -->", "x"),
        ("<<b>script>alert(1)</script>", "\u2039 script\u203aalert(1)"),
        ("<img src=x onerror=alert(1)", ""),
        ("S&amp;P 500 &#8217;s &quot;rally&quot;", 'S&P 500 \u2019s "rally"'),
        ("BTC < 60K > ETH", "BTC \u2039 60K \u203a ETH"),
        ("a\u202eb\u200bc\x00d\ud800e\ufefff", "abcdef"),
        ("  two\n\tlines\u2028here\u00a0 ", "two lines here"),
        ("x" * 400, "x" * 299 + "\u2026"),
        ("", ""),
    ],
)
def test_titles_are_plain_text(text: str, shown: str) -> None:
    """Titles have no tags, no hidden content and no invisible characters, and escapes are decoded."""
    assert safe_text(text) == shown


@given(st.text(alphabet=st.sampled_from("<>&;/!ab \"'=#lgtampscript\u202e\n"), max_size=200) | st.text())
def test_no_title_contains_a_tag(text: str) -> None:
    """A title contains no tag, also after unescaping, and a second pass changes nothing."""
    shown = safe_text(text)

    assert "<" not in shown
    assert ">" not in shown
    assert len(shown) <= LONGEST_TITLE
    assert shown == " ".join(shown.split())
    assert "<b>" not in html.unescape(safe_text(f"&amp;lt;b&amp;gt;{text}"))


@pytest.mark.parametrize("text", ["<" * 5000, "&lt;" * 2000, "<script>" * 600, "<a " * 1600, "&amp;" * 1000])
def test_no_title_takes_long(text: str) -> None:
    """Titles with many opened tags are cleaned in linear time."""
    usual = ("Bitcoin &amp; Ether <b>rise</b> " * 200)[: len(text)]

    assert ratio(lambda: safe_text(text), lambda: safe_text(usual), enough=20) <= 20


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "//a.example/x",
        "/x",
        "ftp://a.example",
        "https://",
        "https:///path",
        "https://user:pass@a.example/",
        "https://a.example/a b",
        "https://a.example/\x01",
        "https://a.ex\u202eelpma.evil",
        "https://a.example/\u200b",
        'https://a.example/"onclick="x',
        "https://a.example/<b>",
        "https://a.example\\@evil.example",
        "https://[::1",
        "https://a.example:port/",
        "https://a.example/" + "x" * 2000,
        "",
    ],
)
def test_unsafe_addresses_are_refused(url: str) -> None:
    """An address with another scheme, no host, a user, a password or an attribute's end is refused."""
    assert safe_url(url) is None


@given(st.text())
def test_an_accepted_address_is_http_with_a_host(url: str) -> None:
    """An address that is accepted has the scheme HTTP or HTTPS and a host, for any text."""
    for given_url in (url, f"https://{url}", f"https://a.example/{url}"):
        shown = safe_url(given_url)
        assert shown is None or urlsplit(shown).scheme in ("http", "https")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.a.example/news/one",
        "http://a.example/news/one/",
        "https://A.example/news/one?utm_source=rss&utm_medium=x#top",
        "https://amp.a.example/news/one/amp/",
        "https://m.a.example/news/one?fbclid=1&ref=home",
        "https://mobile.a.example/news/one?msclkid=1&igshid=2&_hsenc=3&mkt_tok=4",
        "https://a.example:443/news/one?outputType=amp",
    ],
)
def test_addresses_of_one_page_are_equal(url: str) -> None:
    """Addresses of one page are equal without their irrelevant parts."""
    assert canonical(url) == "a.example/news/one"
    assert canonical(f"{url.partition('#')[0].partition('?')[0]}?b=2&a=1") == "a.example/news/one?a=1&b=2"


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("Bitcoin and Ether slide", "BTC ETH"),
        ("BTC, ETH and $sol lead", "BTC ETH SOL"),
        ("Bitcoin Cash forks, Ethereum Classic follows", "BCH ETC"),
        ("Bitcoin Cash and Bitcoin", "BTC BCH"),
        ("XRP, Ripple and the SEC", "XRP"),
        ("Polygon retires MATIC for POL", "POL"),
        ("GRAM, the former TON, gains 5%", "TON"),
        ("LINK gains 4%, DOT follows", "DOT LINK"),
        ("NEAR Protocol raises funds", "NEAR"),
        ("OP rallies as Optimism's Superchain grows", "OP"),
        ("Stellar Lumens and Cosmos Hub", "XLM ATOM"),
        ("Avalanche (AVAX) lands a deal", "AVAX"),
        ("Dogecoin's rally, Shiba Inu's fall", "DOGE SHIB"),
        ("Click the link to connect the dots", ""),
        ("One Link, Dot by Dot, Near the Top", ""),
        ("The missing link: near misses, sol and ton", ""),
        ("A stellar quarter and cosmos of optimism", ""),
        ("Stellar Earnings, Cosmos of Ideas, Optimism Returns", ""),
        ("Avalanche of lawsuits hits exchange", ""),
        ("The ripple effect of rates; a Ripple Effect", ""),
        ("Tokens, memes, etc. explained", ""),
        ("OP-ED: the price of being early", ""),
        ("BREAKING: THE LINK BETWEEN NEAR AND DOT", ""),
        ("BREAKING: BTC ABOVE 100K", "BTC"),
        ("SOLANA AND BITCOIN NEAR RECORD HIGHS", "BTC SOL"),
        ("Why bitcoin fell while ether and solana rose", "BTC ETH SOL"),
        ("bitcoin cash and chainlink lead, avalanche of stellar reports to come", "LINK BCH"),
        ("Savings vanish into the ether; Ether.fi raises funds", ""),
        ("DOGE jumps as Musk tweets", "DOGE"),
        ("Musk's DOGE cuts reach another ministry", ""),
        ("Shops settle ADA lawsuits", ""),
        ("Avalanche warnings in the Alps", ""),
        ("Bitcoiners meet in Ethereumville", ""),
        ("Pepe's Pizza opens", ""),
        ("", ""),
    ],
)
def test_coins_are_recognised_by_code_and_name(title: str, codes: str) -> None:
    """A coin is recognised by its code and its name, and common words are not codes."""
    assert [asset.code for asset in coins_in(title)] == codes.split()


def test_codes_of_a_provider_count() -> None:
    """A provider's codes count under any name of a coin, and unlisted coins are omitted."""
    assert [asset.code for asset in coins_in("No name here", ["matic", "XBT", "NEO"])] == ["BTC", "POL"]


@pytest.mark.parametrize(
    ("votes", "sentiment"),
    [
        (None, "bearish"),
        (Votes(0, 0), "bearish"),
        (Votes(3, 1), "bullish"),
        (Votes(1, 3), "bearish"),
        (Votes(2, 2), "neutral"),
    ],
)
def test_votes_come_first(votes: Votes | None, sentiment: str) -> None:
    """A story's votes decide its sentiment, and without votes its text does."""
    found = story(Headline("Exchange hacked", "https://a.example", "A", NOW, votes=votes), NOW)

    assert found is not None
    assert found.sentiment == sentiment


@pytest.mark.parametrize("age", [-2 * HOUR, 31 * 24 * HOUR])
def test_implausible_times_are_refused(age: int) -> None:
    """Stories of the future or of last year are omitted, and small differences of clocks are allowed."""
    assert story(Headline("Title", "https://a.example", "A", NOW - age), NOW) is None
    ahead = story(Headline("Title", "https://a.example", "", NOW + HOUR // 2), NOW)
    assert ahead is not None
    assert (ahead.time, ahead.source) == (NOW, "unknown")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Bitcoin falls below $90,000 as traders flee", "Bitcoin falls below $90K as traders flee"),
        (
            "BTC Falls As Traders Flee From All Risk Again",
            "Bitcoin falls as traders flee from all risk again",
        ),
        (
            "City approves first spot bitcoin fund for all",
            "City Approves Its First Spot Bitcoin Fund For All",
        ),
    ],
)
def test_slightly_different_titles_are_one_story(one: str, two: str) -> None:
    """Titles that differ in capitals, some words, or the spelling of figures and coins are one story."""
    assert len(merge([tale(one), tale(two, "https://b.example/2")])) == 1


def test_one_story_from_two_sources() -> None:
    """Equal addresses, or nearly equal titles, are one story with the coins of both."""
    first = tale("Bitcoin rallies past $90,000 as funds buy", "https://a.example/1?utm_source=x", HOUR)
    same_url = tale("ETH too: another title", "https://www.a.example/1/")
    same_title = tale(
        "Bitcoin Rallies Past $90,000 As Funds Buy - The Paper", "https://b.example/9", 2 * HOUR
    )

    (only,) = merge([first, same_url, same_title])
    assert (only.title, only.time) == (first.title, first.time)
    assert [coin.code for coin in only.coins] == ["BTC", "ETH"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            tale("Bitcoin price rises to 90000 in early trade"),
            tale("Bitcoin price rises to 91000 in early trade"),
        ),
        (
            tale("Bitcoin funds see strong inflows as traders return again", sentiment="bullish"),
            tale("Bitcoin funds see strong outflows as traders return again", sentiment="bearish"),
        ),
        (tale("Market wrap for the day by us"), tale("Market wrap for the day by us", age=72 * HOUR)),
        (
            tale("Solana fund approved by the regulator in a landmark decision today"),
            tale("XRP fund approved by the regulator in a landmark decision today"),
        ),
        (
            tale("The regulator approves the first spot fund for bitcoin in Asia"),
            tale("The regulator approves the first spot fund for ether in Asia"),
        ),
        (
            tale("Coinbase lists perpetual futures for retail traders in the country"),
            tale("Kraken lists perpetual futures for retail traders in the country"),
        ),
        (
            tale("Crypto market today: five things to watch this Monday morning"),
            tale("Crypto market today: five things to watch this Tuesday morning"),
        ),
        (tale("Bitcoin up"), tale("Ether up")),
        (tale("!!!"), tale("???")),
    ],
)
def test_similar_titles_of_different_stories_stay_apart(one: Story, two: Story) -> None:
    """Titles with other figures, coins, names, sentiment or days, or with few words, are separate stories."""
    other = Story(two.title, "https://b.example/2", two.source, two.time, two.coins, two.sentiment)

    assert len(merge([one, other])) == 2


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz"), st.integers(0, 80)), max_size=30)
)
def test_merged_stories_are_sorted_and_unique(parts: list[tuple[str, str, int]]) -> None:
    """Merged stories are the newest first without a repeated address, and a second merge changes nothing."""
    stories = [
        tale(f"{word * 3} {word}x {word}y {word}z happened", f"https://a.example/{path}", age * HOUR)
        for word, path, age in parts
    ]
    merged = merge(stories)
    addresses = [canonical(one.url) for one in merged]

    assert [one.time for one in merged] == sorted((one.time for one in merged), reverse=True)
    assert len(set(addresses)) == len(addresses)
    assert {one.title for one in merged} <= {one.title for one in stories}
    assert bool(merged) is bool(stories)


MANY = {
    "nothing alike": "Report {n} on {n}7 things about market number {n}13",
    "other figures": "Bitcoin price rises to {n} in early trade today again",
    "other names": "Company{n} lists perpetual futures for retail traders in the whole wide country",
    "many words": " ".join(f"W{n}" for n in range(40)) + " Name{n}",
    "one title": "Bitcoin up",
    "another word in each": "one two three four five six seven eight nine word{n}",
}


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("title", MANY.values(), ids=MANY)
@pytest.mark.parametrize("apart", [0, 72 * HOUR])
def test_thousands_are_merged_quickly(title: str, apart: int) -> None:
    """The most stories that all sources may send are merged quickly, even if they are similar."""
    stories = [
        tale(title.format(n=n), f"https://a.example/{n}", sentiment="neutral", age=n * apart)
        for n in range(2500)
    ]
    usual = [
        tale(
            " ".join(f"w{n * 7919 % (1000 + i * 97)}" for i in range(8)),
            f"https://a.example/{n}",
            sentiment="neutral",
        )
        for n in range(250)
    ]

    def merged() -> None:
        assert merge(stories)

    assert ratio(merged, lambda: merge(usual), enough=500) <= 500


WORDS = "bitcoin falls below Coinbase Kraken 90K as traders flee the new high"


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=8),
            st.integers(0, 72),
            st.sampled_from(["neutral", "bullish"]),
        ),
        max_size=15,
    )
)
def test_the_search_finds_all_similar_stories(parts: list[tuple[list[str], int, str]]) -> None:
    """The search for similar stories finds the same ones as a comparison of every pair."""
    stories = [
        tale(" ".join(words), f"https://a.example/{n}", age * HOUR, sentiment)
        for n, (words, age, sentiment) in enumerate(parts)
    ]
    kept: list[Story] = []
    for each in stories:
        if not any(same(_features(each), _features(one)) for one in kept):
            kept.append(each)

    assert {one.url for one in merge(stories)} == {one.url for one in kept}


def _features(one: Story) -> Features:
    return Features(one.title, one.time, one.sentiment)


def test_the_newest_stories_are_scored() -> None:
    """Of a source with too many stories, the newest ones are scored."""
    sent = [
        Headline(f"Story {age}", f"https://a.example/{age}", "A", NOW - age * HOUR) for age in range(-50, 50)
    ]

    assert newest(sent, NOW, 100) == sent
    assert [one.title for one in newest(sent, NOW, 3)] == ["Story -1", "Story 0", "Story 1"]


@pytest.mark.parametrize(
    ("name", "title", "found"),
    [
        ("Monero", "Monero rallies as exchanges relist it", True),
        ("Monero", "XMR rallies", False),
        ("MANTRA (old)", "MANTRA holders get four new units", True),
        ("Threshold", "The threshold for whales", False),
        ("Decentraland", "Decentralandia opens", False),
        ("Flow", "Flow of funds into Bitcoin", False),
    ],
)
def test_coins_that_are_not_pinned_are_found_by_their_full_name(name: str, title: str, found: bool) -> None:
    """Their codes are words too often, and so are short names."""
    pattern = full_name(Asset("XMR", name, "", "", 0))

    assert bool(pattern and pattern.search(title)) is found
