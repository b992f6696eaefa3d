"""Malformed and hostile feeds."""

from collections.abc import Callable
from functools import partial
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import BadData
from providers._feeds import MAX_BYTES, entries
from tests.costs import ratio
from tests.providers.payloads.rss import HEAD, item, rss

TIME = 1767322800000
LINK = "https://a.example/1"


def titles(body: bytes, content_type: str = "") -> list[str]:
    """Return the title of each story."""
    return [title for title, _, _ in entries(body, content_type)]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Research & development", "Research & development"),
        ("AT&T &amp; co", "AT&T & co"),
        ("Up &nbsp;5 %", "Up \xa05 %"),
        ("&Eacute;t&eacute; &ndash; news &hellip;", "\xc9t\xe9 \u2013 news \u2026"),
        ("&copy without an end", "&copy without an end"),
        ("&unheard; of", "&unheard; of"),
        ("a &LT;b&gt; c &nbsp;", "a <b> c"),
        ("a < 3 &nbsp;or <3", "a < 3 \xa0or <3"),
        ("one\x0bletter\x00 too \x1fmany\ufffe", "oneletter too many"),
        ("&#0;&#x1F;&#xD83D;&#9999999;number&#8217;s &#x41;", "number\u2019s A"),
        ("<![CDATA[AT&T &nbsp; a < b]]> & co", "AT&T &nbsp; a < b & co"),
        ("<!-- a -- b -->comment", "comment"),
        ("end ]]> of nothing", "end ]]> of nothing"),
        ('<media:b x="?a=1&b=2">bold</media:b> & plain', "bold & plain"),
    ],
)
def test_letters_that_xml_does_not_have(written: str, title: str) -> None:
    """A forbidden character is removed or repaired, and every story stays."""
    assert titles(rss(item(written) + item("Another"))) == [title, "Another"]


@pytest.mark.parametrize(
    "front",
    ["\n", " \r\n\t", "\ufeff", "\ufeff\n", "\n\ufeff", "\x00", "<?xml version='1.0' encoding='x'?>\n\n"],
)
def test_what_stands_in_front(front: str) -> None:
    """A blank line or a byte order mark before the declaration is ignored."""
    assert titles(front.encode() + rss(item("Good"))) == ["Good"]


@pytest.mark.parametrize("behind", ["\n", "<!-- served in 3 ms -->", "\x00", "<script>", "&"])
def test_what_stands_behind(behind: str) -> None:
    """Anything after the end of the feed is ignored."""
    assert titles(rss(item("Good")) + behind.encode()) == ["Good"]


def test_undeclared_prefixes() -> None:
    """Elements with unrelated prefixes are ignored, and the story's prefix needs no declaration."""
    more = f"<media:title>No</media:title><atom:link rel='self' href='x'/>{item('Good')[6:]}"

    assert titles(rss(f"<item><itunes:title>No</itunes:title>{more}")) == ["Good"]
    atom = "<a:entry><a:title>Good</a:title><a:link href='l'/><a:updated>2026-01-02</a:updated></a:entry>"
    assert entries(f"<a:feed>{atom}</a:feed>".encode()) == [("Good", "l", 1767312000000)]


CYRILLIC = "\u0411\u0438\u0442\u043a\u043e\u0438\u043d \u0440\u0430\u0441\u0442\u0451\u0442"
SAYS = "application/rss+xml; charset={}"


@pytest.mark.parametrize(
    ("title", "charset", "head", "content_type"),
    [
        ("f\xfcr", "utf-8", "", ""),
        ("f\xfcr", "utf-8", HEAD, SAYS.format("ISO-8859-1")),
        ("f\xfcr", "utf-8", '<?xml version="1.0" encoding="windows-1252"?>', ""),
        ("f\xfcr", "utf-8", '<?xml version="1.0" encoding="nonsense"?>', SAYS.format("idna")),
        ("f\xfcr \u20ac\u2019s", "cp1252", "", ""),
        ("f\xfcr \u20ac\u2019s", "cp1252", HEAD, ""),
        ("f\xfcr \u20ac\u2019s", "cp1252", HEAD, SAYS.format("utf-8")),
        ("f\xfcr \u20ac\u2019s", "cp1252", '<?xml version="1.0" encoding="iso-8859-1"?>', ""),
        (CYRILLIC, "cp1251", "", SAYS.format('"Windows-1251"')),
        (CYRILLIC, "cp1251", '<?xml version="1.0"?>', "text/xml;charset=windows-1251"),
        (CYRILLIC, "cp1251", "<?xml version='1.0' encoding='windows-1251'?>", SAYS.format("utf-8")),
        (CYRILLIC, "koi8-r", '<?xml version="1.0"  encoding = "KOI8-R" ?>', "text/xml"),
        (CYRILLIC, "koi8-r", HEAD, SAYS.format("koi8-r")),
        ("\u30d3\u30c3\u30c8", "iso-2022-jp", '<?xml version="1.0" encoding="ISO-2022-JP"?>', ""),
        ("\u30d3\u30c3\u30c8", "shift_jis", "", SAYS.format("Shift_JIS")),
        ("\u6bd4\u7279\u5e01", "gb18030", '<?xml version="1.0" encoding="gb18030"?>', ""),
        (CYRILLIC, "utf-16", '<?xml version="1.0" encoding="utf-8"?>', ""),
        (CYRILLIC, "utf-16-le", '<?xml version="1.0" encoding="utf-16"?>', ""),
        (CYRILLIC, "utf-16-be", "", SAYS.format("utf-16")),
        ("plain", "ascii", '<?xml version="1.0" encoding="UTF-16"?>', SAYS.format("utf-16")),
    ],
)
def test_charsets(title: str, charset: str, head: str, content_type: str) -> None:
    """The bytes decide the charset first, then the response's header, then the feed's declaration."""
    body = rss(item(title), head).decode().encode(charset)

    assert titles(body, content_type) == [title]


def test_one_stray_byte() -> None:
    """One windows-1252 byte leaves the rest of a UTF-8 feed unchanged."""
    assert titles(rss(item("f\xfcr it?s")).replace(b"?s", b"\x92s").replace(b"utf-8\x92", b"utf-8?")) == [
        "f\xfcr it\u2019s"
    ]


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("Fri, 02 Jan 2026 03:00:00 GMT", TIME),
        ("2 Jan 26 03:00 UT", TIME),
        ("Thu, 01 Jan 2026 22:00:00 EST", TIME),
        ("2026-01-02T03:00:00.000Z", TIME),
        ("2026-01-02 03:00:00", TIME),
        ("20260102T030000Z", TIME),
        ("2026-01-02T04:00:00+01:00", TIME),
        ("  2026-01-02T03:00Z\n", TIME),
    ],
)
def test_dates(date: str, time: int) -> None:
    """Dates are read in all common formats and elements, and a date without a zone is UTC."""
    for name in ("pubDate", "dc:date", "published", "updated", "atom:updated", "dcterms:modified", "PUBDATE"):
        story = f"<item><title>t</title><link>{LINK}</link><{name}>{date}</{name}></item>"
        assert entries(rss(story)) == [("t", LINK, time)]


@pytest.mark.parametrize("date", ["32 Jan 2026 03:00:00", "2026-13-01", "99999", "\u0662", "-", "1" * 5000])
def test_what_is_no_date(date: str) -> None:
    """A story with an invalid date is omitted, and the others stay."""
    assert titles(rss(item("No", date=date) + item("Good"))) == ["Good"]


def test_links() -> None:
    """The link is that of the story's page, or its guid if that is an address."""
    date = "<pubDate>2026-01-02T03:00:00Z</pubDate>"
    guid = f"<item><title>a</title><guid>{LINK}</guid>{date}</item>"
    other = f'<item><title>b</title><guid isPermaLink="false">17</guid>{date}</item>'
    atom = f"""<feed><entry><title>c</title><link rel="self" href="no"/><link rel="enclosure" href="no"/>
    <source><title>no</title><link href="no"/></source><link rel="alternate" href=" {LINK} "/>
    <updated>2026-01-02T03:00:00Z</updated></entry></feed>"""

    assert entries(rss(guid + other)) == [("a", LINK, TIME)]
    assert entries(atom.encode()) == [("c", LINK, TIME)]


def test_kinds_of_feeds() -> None:
    """RSS 2.0, RSS 1.0 and Atom are read, with markup in titles and element names in any case."""
    one = item('<div xmlns="http://www.w3.org/1999/xhtml">Markup <b>in</b> it</div>')

    assert titles(f"<rdf:RDF><channel/>{one}</rdf:RDF>".encode()) == ["Markup in it"]
    assert titles(f"<RSS><CHANNEL>{one}</CHANNEL></RSS>".encode()) == ["Markup in it"]


DEFAULTS = "<!ATTLIST rss " + " ".join(f'a{n} CDATA "x"' for n in range(1000)) + ">"


def attributes(count: int, kind: str) -> str:
    """Return an element with so many attributes."""
    return "<rss " + " ".join(kind % n for n in range(count)) + "></rss>"


HOSTILE: dict[str, Callable[[], str]] = {
    **{
        f"{count} attributes {kind % 1}": partial(attributes, count, kind)
        for count in (300, 40_000, 60_000)
        for kind in ('a%d="1"', "xmlns:a%d='1'", 'a%d=">"', "a%d='&lt;' ")
    },
    "attributes of a story": lambda: (
        f"<rss><item {' '.join(f'a{n}={n!r}' for n in map(str, range(40_000)))}/></rss>"
    ),
    "attributes by default": lambda: f"<!DOCTYPE rss [{DEFAULTS}]><rss/>",
    "elements in elements": lambda: "<rss>" * 200_000,
    "elements": lambda: "<rss>" + "<a/>" * 400_000 + "</rss>",
    "stories": lambda: "<rss>" + "<item/>" * 250_000 + "</rss>",
    "a name": lambda: "<" + "a" * 2_000_000 + "/>",
    "prefixes": lambda: "<rss>" + "<a:b:c:" * 250_000,
    "bare signs": lambda: "<rss>" + "&" * 2_000_000 + "</rss>",
    "unknown entities": lambda: "<rss>" + "&a;" * 600_000 + "</rss>",
    "sections without end": lambda: "<rss>&" + "<![CDATA[" * 200_000,
    "comments without end": lambda: "<rss>&" + "<!--" * 400_000,
    "angles": lambda: "<rss>" + "<" * 2_000_000,
    "quotes": lambda: "<rss a=" + "'\"" * 900_000,
    "halves of attributes": lambda: "<rss " + "a='b" * 500_000,
    "instructions": lambda: "<?a " * 500_000,
    "a declaration without end": lambda: "<?xml " + " " * 2_000_000,
    "strays": lambda: "<rss>" + "\udce9a" * 900_000,
    "no feed": lambda: "<opml/>",
}
"""Feeds of megabytes, each made by the process that reads it."""


def ordinary(stories: int) -> bytes:
    """Return an ordinary feed."""
    return rss(
        "".join(item(f"Story number {n} about bitcoin", f"https://a.example/{n}") for n in range(stories))
    )


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_malice(make: Callable[[], str]) -> None:
    """A hostile feed is refused in the time of 5000 stories, where quadratic work took 400 times that."""
    hostile, usual = make().encode("utf-8", "surrogateescape")[:MAX_BYTES], ordinary(500)

    def refused() -> None:
        with pytest.raises(BadData):
            entries(hostile)

    assert ratio(refused, lambda: entries(usual), enough=60) <= 60


def test_an_ordinary_feed_costs_little() -> None:
    """The cost of an ordinary feed is linear in its stories and at most 30 times that of ElementTree."""
    body, half = ordinary(4990), ordinary(2495)

    assert len(entries(body)) == 4990
    assert ratio(lambda: entries(body), lambda: entries(half), enough=2.5) <= 2.5
    assert ratio(lambda: entries(body), lambda: ElementTree.fromstring(body), enough=30) <= 30


@pytest.mark.usefixtures("untraced")
@given(st.binary(max_size=300) | st.text(alphabet="<>&;[]!-?/ab:='\"#x1\x01\xe9").map(str.encode), st.text())
def test_anything(body: bytes, content_type: str) -> None:
    """Any bytes are read or refused, and what is read can be encoded again."""
    for complete in (body, rss(item("x") + body.decode("utf-8", "replace")), rss(item("")) + body):
        try:
            result = entries(complete, content_type)
        except BadData:
            continue
        for title, link, _ in result:
            assert (title + link).encode()
