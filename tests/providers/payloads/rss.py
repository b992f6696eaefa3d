"""RSS 2.0 and Atom: dates in several formats, and untrusted XML."""

from providers import BadData, Headline
from tests.providers.payloads import Answer, Failure, Payloads

HEAD = '<?xml version="1.0" encoding="utf-8"?>'


def rss(items: str, head: str = HEAD) -> bytes:
    """Return a feed."""
    return f'{head}<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


def item(title: str, link: str = "https://a.example/1", date: str = "Fri, 02 Jan 2026 03:00:00 +0000") -> str:
    """Return one story."""
    return f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"


def headline(title: str, time: int = 1767322800000, url: str = "https://a.example/1") -> Headline:
    """Return the expected headline."""
    return Headline(title, url, "coindesk.com", time)


ATOM = f"""{HEAD}<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><id>x</id>
<entry><title type="html">Ether &amp;amp; co</title><link href="https://a.example/2"/><id>2</id>
<published>2026-01-02T04:00:00+01:00</published><updated>2026-01-02T09:00:00Z</updated></entry>
<entry><title>Only updated</title><link rel="alternate" href="https://a.example/3"/><id>3</id>
<updated>2026-01-02T03:00:00Z</updated></entry></feed>""".encode()
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
NO_DATES = "".join(item("No date", date=date) for date in ("", "soon", "32 Foo 2026", "-1", "0000-00-00"))

PAYLOADS = Payloads(
    headlines=[
        Answer(
            "titles are unchanged, with or without markup",
            rss(item("Bitcoin &lt;b&gt;up&lt;/b&gt;") + item("<![CDATA[<script>x</script> & co]]>")),
            [headline("Bitcoin <b>up</b>"), headline("<script>x</script> & co")],
        ),
        Answer(
            "a story without a title, a link or a valid date is omitted",
            rss(item("") + item("No link", link="") + NO_DATES + item("Good")),
            [headline("Good")],
        ),
        Answer(
            "dates have zones",
            rss(
                item("West", date="Thu, 01 Jan 2026 22:00:00 EST") + item("ISO", date="2026-01-02T03:00:00Z")
            ),
            [headline("West"), headline("ISO")],
        ),
        Answer(
            "Atom has dates and links of its own",
            ATOM,
            [
                headline("Ether &amp; co", url="https://a.example/2"),
                headline("Only updated", url="https://a.example/3"),
            ],
        ),
        Answer("an empty feed is a fair answer", rss(""), []),
        Answer(
            "a document type is accepted",
            rss(item("Good"), f'{HEAD}<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">'),
            [headline("Good")],
        ),
        Answer(
            "other encodings are read",
            rss(item("Bitcoin für alle"), "").decode().encode("utf-16"),
            [headline("Bitcoin für alle")],
        ),
    ],
    errors=[
        Failure(rss(item("&l9; &nbsp; &"), f"<!DOCTYPE rss [{LAUGHS}]>"), BadData),
        Failure(rss(item("Good"), '<!DOCTYPE rss [<!ATTLIST rss a CDATA "default">]>'), BadData),
        Failure(rss(item("&l9;"), f"<!DOCTYPE rss [{LAUGHS}]>"), BadData),
        Failure(rss(item("&l9;"), f"<!DOCTYPE rss [{LAUGHS}]>").decode().encode("utf-16"), BadData),
        Failure(rss(item("&x;"), '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), BadData),
        Failure(rss(item("&x;"), '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:1/"> %x;]>'), BadData),
        Failure(rss(item("Half"))[:-20], BadData),
        Failure(rss("<a>" * 200 + "</a>" * 200), BadData),
        Failure(rss("<item/>" * 20_001), BadData),
        Failure(rss(item("x" * 2_100_000)), BadData),
        Failure(b"<opml><body/></opml>", BadData),
        Failure(rss(NO_DATES), BadData),
    ],
    requests={"headlines": "/arc/outboundfeeds/rss"},
)
