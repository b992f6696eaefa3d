"""The responses for the pages and their files."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine.web.pages import STATIC
from tests.engine.web.conftest import Make

MODULES = sorted((STATIC / "js").glob("*.js"))
SHEETS = sorted((STATIC / "css").glob("*.css"))


def assets(html: str) -> list[str]:
    """Return the addresses of all files that a page loads."""
    return re.findall(r'(?:src|href)="(/assets/[^"]+)"', html)


@pytest.mark.parametrize("path", ["/", "/chart"])
def test_a_page_names_only_files_that_are_there(client: FlaskClient, path: str) -> None:
    """Every script, style sheet and icon of a page exists, and the page has no inline code."""
    page = client.get(path)

    assert page.mimetype == "text/html"
    assert len(assets(page.text)) > 10
    for address in assets(page.text):
        assert client.get(address).status_code == 200, address
    assert not re.search(r"<style|style=|<script>|\son\w+=", page.text)


def test_a_page_allows_nothing_from_elsewhere_and_nothing_inside(client: FlaskClient) -> None:
    """The pages' policy forbids other hosts and inline code, and is stricter than that of `/docs`."""
    policy = client.get("/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "'unsafe-inline'" in client.get("/docs").headers["Content-Security-Policy"]


def test_links_to_a_page_have_the_whole_address_of_its_picture(make: Make, client: FlaskClient) -> None:
    """Open Graph needs whole addresses: those of `PUBLIC_URL`, never of the host that a client names."""
    public = make(public_url="https://prices.example.com")
    pictures = r'property="og:image" content="([^"]+)"'
    page = public.get("/chart", headers={"Host": "evil.example.com"}).text

    assert 'property="og:url" content="https://prices.example.com/chart"' in page
    assert re.findall(pictures, page)[0].startswith("https://prices.example.com/assets/")
    assert re.findall(pictures, client.get("/").text)[0].startswith("/assets/")
    assert "evil.example.com" not in page


def test_a_file_is_kept_for_ever_under_its_version(client: FlaskClient) -> None:
    """A file is cached for ever under its version, and a new version has another address."""
    address = next(each for each in assets(client.get("/").text) if each.endswith("market.js"))
    elsewhere = re.sub(r"/assets/\w+/", "/assets/000000000000/", address)

    assert client.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(elsewhere).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/favicon.ico"])
def test_what_a_browser_has_is_not_sent_again(client: FlaskClient, path: str) -> None:
    """A browser with a current tag gets 304, and tags differ by encoding."""
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "br"})
    again = client.get(path, headers={"If-None-Match": plain.headers["ETag"]})

    assert plain.headers["Cache-Control"] in ("no-cache", "public, max-age=86400")
    assert (again.status_code, again.data) == (304, b"")
    assert (packed.headers["ETag"] != plain.headers["ETag"]) == ("Content-Encoding" in packed.headers)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_files_are_compressed(client: FlaskClient, coding: str) -> None:
    """Files are compressed, the chart's library to less than half."""
    address = next(each for each in assets(client.get("/").text) if each.endswith(".mjs"))
    answer = client.get(address, headers={"Accept-Encoding": coding})

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Content-Encoding"] == coding
    assert len(answer.data) < 100_000


def test_the_icon_is_an_icon(client: FlaskClient) -> None:
    """The icon is SVG at the path that browsers request by default."""
    icon = client.get("/favicon.ico")

    assert icon.mimetype == "image/svg+xml"
    assert icon.text.startswith("<svg")


@pytest.mark.parametrize("name", ["nothing.js", "../__init__.py", "%2e%2e/__init__.py"])
def test_there_is_nothing_else(client: FlaskClient, name: str) -> None:
    """Files outside of the folder are not served, and a missing file is a common 404."""
    answer = client.get(f"/assets/0/{name}")

    assert answer.status_code == 404
    assert answer.get_json()["error"]["code"] == "NOT_FOUND"


def test_pages_are_not_limited(make: Make) -> None:
    """Pages and their files spend no quota."""
    client = make(rate_limit_enabled=True, rate_limit_default=1)
    answers = [client.get(path) for path in ("/", "/", "/chart", "/favicon.ico", "/assets/0/icon.svg")]

    assert {answer.status_code for answer in answers} == {200}
    assert not any("RateLimit" in answer.headers for answer in answers)


def test_made_up_data_is_called_so_before_any_script_runs(make: Make, client: FlaskClient) -> None:
    """The banner for invented data is in the page itself, before any script runs."""
    banner = r"data-demo[^>]*hidden"

    assert not re.search(banner, make(demo=True).get("/").text)
    assert re.search(banner, client.get("/").text)


@pytest.mark.parametrize("path", [*MODULES, *SHEETS], ids=lambda path: path.name)
def test_one_idea_a_module(path: Path) -> None:
    """A module of a page has fewer than two hundred lines."""
    assert len(path.read_text().splitlines()) < 200


def test_the_library_stands_with_its_licence() -> None:
    """The library's folder has its version, its licence and the notice that the licence requires."""
    room = STATIC / "vendor" / "lightweight-charts"
    version = re.search(r"v(\d+\.\d+\.\d+)", next(room.glob("*.mjs")).read_text()[:200])

    assert version
    assert version[1] in (room / "README.md").read_text()
    assert "Apache License" in (room / "LICENSE").read_text()
    assert "TradingView" in (room / "NOTICE").read_text()


def test_every_page_credits_the_charts(client: FlaskClient) -> None:
    """Every page has the notice and the link that the library's licence requires."""
    notice = (STATIC / "vendor" / "lightweight-charts" / "NOTICE").read_text().splitlines()[1]
    for path in ("/", "/chart"):
        page = client.get(path).text.replace("©", "(c)")

        assert notice.split(", Inc.")[0] in page
        assert 'href="https://www.tradingview.com/"' in page


def pairs() -> dict[str, tuple[str, str]]:
    """Return the light and the dark value of each colour in the style sheet."""
    found = re.findall(
        r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", (STATIC / "css/base.css").read_text()
    )
    return {name: (light, dark) for name, light, dark in found}


def brightness(colour: str) -> float:
    """Return the relative luminance of a colour after WCAG."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *(
            (ink, paper)
            for ink in ("text", "muted", "up", "down", "warn", "bad")
            for paper in ("surface", "raised")
        ),
        *(
            ("text", "back"),
            ("muted", "back"),
            ("accent", "back"),
            ("warn", "warn-back"),
            ("bad", "bad-back"),
        ),
    ],
)
def test_texts_stand_out(ink: str, paper: str, theme: int) -> None:
    """Texts have a contrast of 4.5 to 1, as WCAG's level AA requires."""
    darker, lighter = sorted(brightness(pairs()[name][theme]) for name in (ink, paper))

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
