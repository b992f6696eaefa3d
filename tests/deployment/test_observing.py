"""The dashboard and the alerts use existing metrics, tested with a real Prometheus."""

import json
import re
import subprocess
from collections.abc import Iterator

import pytest
import requests
import yaml

from tests.deployment.prometheus import ALERTS, DASHBOARD, PROGRAMS, Prometheus
from tests.running import AMPLE, Engine
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually

pytestmark = pytest.mark.skipif(None in PROGRAMS, reason="prometheus is not installed")

SELECTOR = re.compile(r"\b(?:engine_\w+|process_\w+|up)\b(?:\{[^}]*\})?")
COMPARISON = re.compile(r"\s(?:==|[<>])\s[\d.]+$")
VARIABLES = json.loads(DASHBOARD.read_text())["templating"]["list"]


def _expanded(expression: str) -> str:
    """Return an expression as Grafana sends it, with all values of each variable."""
    for variable in VARIABLES:
        expression = expression.replace(f"${variable['name']}", variable["allValue"])
    return expression.replace("$__rate_interval", "1m")


PANELS = {
    f"{panel['title']} ({target['refId']})": _expanded(target["expr"])
    for panel in json.loads(DASHBOARD.read_text())["panels"]
    for target in panel["targets"]
}
RULES = {
    rule["alert"]: rule["expr"]
    for group in yaml.safe_load(ALERTS.read_text())["groups"]
    for rule in group["rules"]
}
EXPRESSIONS = {**PANELS, **RULES}
SELECTORS = sorted({found for expression in EXPRESSIONS.values() for found in SELECTOR.findall(expression)})


SETTINGS = {
    "CACHE_WARMING_ENABLED": "false",
    "CACHE_TTL_PRICES": "1",
    "LOG_LEVEL": "ERROR",
    "RATE_LIMIT_OHLCV": "10",
    "RATE_LIMIT_PRICES": "100000",
}


REFUSES_THIS_REGION = Fault("status", status=451)


@pytest.fixture(scope="module")
def engine() -> Iterator[tuple[Engine, StandIn]]:
    """Yield an engine with a provider that refuses this region."""
    with StandIn() as stand_in, Engine({**stand_in.base_urls(), **AMPLE, **SETTINGS}) as engine:
        stand_in.fault("kraken", REFUSES_THIS_REGION)
        yield engine, stand_in


@pytest.fixture(scope="module")
def prometheus(engine: tuple[Engine, StandIn]) -> Iterator[Prometheus]:
    """Yield a Prometheus that has scraped every kind of event with a metric."""
    server, stand_in = engine
    with Prometheus(server.port) as prometheus:
        eventually(lambda: prometheus.query('up{job="engine"} == 1'))
        _let_things_happen(server, stand_in)
        # the last event, as a rate needs two looks at a counter
        eventually(lambda: prometheus.query("count_over_time(engine_quota_refusals_total[1m]) > 1"))
        yield prometheus


def _let_things_happen(engine: Engine, stand_in: StandIn) -> None:
    """Cause hits, misses, stale answers, a failure of all providers, and a spent quota."""

    def ask(path: str) -> requests.Response:
        return requests.get(engine.url + path, timeout=20)

    eventually(lambda: "stale" in ask("/api/prices?symbols=BTC").headers["Cache-Status"])
    ask("/api/ohlcv?symbol=BTC")
    for provider in stand_in.base_urls():
        stand_in.fault(provider.removesuffix("_BASE_URL").lower(), Fault("status", status=500))
    assert ask("/api/ohlcv?symbol=ETH").status_code == 503
    stand_in.heal()
    stand_in.fault("kraken", REFUSES_THIS_REGION)
    eventually(lambda: ask("/api/ohlcv?symbol=BTC").status_code == 429)


def _without(prometheus: Prometheus, expressions: list[str]) -> list[str]:
    """Return the expressions without a result."""
    return [expression for expression in expressions if not prometheus.query(expression)]


def _promtool(*arguments: str, given: str | None = None) -> str:
    """Run promtool, fail with its output if it finds a mistake, and return the output."""
    done = subprocess.run(
        ["promtool", *arguments], input=given, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_every_expression_finds_something(prometheus: Prometheus, name: str) -> None:
    """Every panel has a result, and so has every alert without its comparison."""
    assert prometheus.query(COMPARISON.sub("", EXPRESSIONS[name]))


@pytest.mark.parametrize("selector", SELECTORS)
def test_every_series_is_there(prometheus: Prometheus, selector: str) -> None:
    """Every series exists by itself, because a sum or a quotient may hide a missing one."""
    assert prometheus.query(selector)


def test_what_is_missing_would_be_noticed(prometheus: Prometheus) -> None:
    """A missing series is found, so that the two tests above can fail."""
    wrong = ["engine_request_total", 'engine_requests_total{status="418"}', "sum(rate(engine_request[1m]))"]

    assert _without(prometheus, wrong) == wrong
    assert len(EXPRESSIONS) > 30
    assert len(SELECTORS) > 15


def test_alerts_name_who_fails(prometheus: Prometheus) -> None:
    """Alerts name only the failing providers."""
    found = prometheus.query(RULES["EngineProviderLeftAlone"])

    assert [series["metric"]["provider"] for series in found] == ["kraken"]
    assert prometheus.query(RULES["EngineDown"]) == []


def test_the_numbers_are_written_as_they_should_be(
    prometheus: Prometheus, engine: tuple[Engine, StandIn]
) -> None:
    """Names, units and help texts of the metrics follow Prometheus's rules."""
    assert (
        _promtool("check", "metrics", given=requests.get(f"{engine[0].url}/metrics", timeout=10).text) == ""
    )


def test_rules_and_configurations_are_right(prometheus: Prometheus) -> None:
    """The delivered rules and configurations are valid, and so is the one of these tests."""
    assert f"{len(RULES)} rules found" in _promtool("check", "rules", str(ALERTS))
    assert "SUCCESS" in _promtool("check", "config", str(prometheus.configuration))
    ours = ALERTS.parent / "prometheus.yml"
    assert "SUCCESS" in _promtool("check", "config", "--syntax-only", str(ours))  # its token is in Compose


def test_panels_have_a_place_of_their_own() -> None:
    """Panels do not overlap, and all use the same data source."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    places = [
        (panel["gridPos"]["x"] + across, panel["gridPos"]["y"] + down)
        for panel in panels
        for across in range(panel["gridPos"]["w"])
        for down in range(panel["gridPos"]["h"])
    ]

    assert len(places) == len(set(places))
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {"prometheus"}


def test_every_panel_follows_the_variables() -> None:
    """Each panel shows the chosen instances, and each panel of providers the chosen providers."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]

    assert [variable["name"] for variable in VARIABLES] == ["instance", "provider"]
    assert all('instance=~"$instance"' in expression for expression in expressions)
    for expression in expressions:
        for selector in re.findall(r"engine_provider_\w+\{[^}]*\}", expression):
            assert 'provider=~"$provider"' in selector, selector
