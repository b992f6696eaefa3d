"""`python -m engine check`: the report for operators before the first request."""

import logging
import re
import subprocess
import time
from collections.abc import Iterator
from functools import partial

import pytest

from engine.__main__ import COMMANDS
from engine.commands import check as command
from engine.commands.check import Finding, clock_line, finding_lines, reach, setting_lines, works
from engine.config import ProviderSettings, Settings, load_settings
from engine.upstream.host_clock import HostClock
from providers import CandleSource, discover
from tests.redis_server import RedisServer, needs_redis
from tests.running import NO_ENV_FILE, ROOT, free_port
from tests.template import template
from tests.upstreams import Fault, StandIn
from tests.waiting import at_leisure

LONGEST = 120
"""Seconds; a hang of the stand-in would last for ever."""


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """Yield a stand-in for all providers."""
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(autouse=True)
def _well(stand_in: StandIn) -> Iterator[None]:
    """Begin each test with healthy providers."""
    yield
    stand_in.heal()


def check(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command and return its output and exit status."""
    own = {"PATH": "/usr/bin:/bin", **environment}
    return template("plain").run(("-m", "engine", *(arguments or ("check",))), NO_ENV_FILE, own, LONGEST)


def check_at_leisure(silent: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `check` again if a provider other than `silent` was too slow because the machine was busy."""

    def in_time(process: subprocess.CompletedProcess[str]) -> bool:
        late = [it.split()[0] for it in process.stdout.splitlines() if "Timeout" in it]
        return set(late) <= {silent}

    return at_leisure(partial(check, **environment), in_time)


def line(report: str, name: str) -> str:
    """Return the report's text for a setting or a provider."""
    found = re.search(rf"^[ *] {re.escape(name)} +(.*)$", report, re.M)
    assert found, f"{name} is not in the report"
    return found[1]


def test_some_fail_and_all_are_reported(stand_in: StandIn) -> None:
    """Each failed provider is reported with its reason: blocked, timed out, refused, invalid or keyless."""
    stand_in.fault("bybit", Fault("status", status=451))
    stand_in.fault("kraken", Fault("hang"))
    stand_in.fault("gate", Fault("html"))
    stand_in.fault("binance", Fault("status", status=500, path="ticker"))
    refused = {"OKX_BASE_URL": f"http://127.0.0.1:{free_port()}"}
    process = check_at_leisure("kraken", **{**stand_in.base_urls(), **refused})

    assert process.returncode == 0, process.stderr
    assert line(process.stdout, "bybit") == "candles, prices: Region blocked (127.0.0.1: HTTP 451)"
    assert line(process.stdout, "kraken") == "candles, prices: Timeout (127.0.0.1: no answer in time)"
    assert line(process.stdout, "gate") == "candles, prices: Bad data"
    assert (
        line(process.stdout, "okx")
        == "candles, prices: Connection failed (127.0.0.1: the connection was refused)"
    )
    assert line(process.stdout, "coincap") == "prices: disabled, COINCAP_API_KEY is not set"
    assert re.fullmatch(
        r"candles \d+ ms; prices: HTTP 500 \(127\.0\.0\.1: HTTP 500\)", line(process.stdout, "binance")
    )
    assert re.fullmatch(r"sentiment \d+ ms", line(process.stdout, "alternative_me"))
    assert re.fullmatch(r"news \d+ ms", line(process.stdout, "rss:decrypt.co"))
    keyless = sum(issubclass(it, CandleSource) and not it.needs_key for it in discover())
    assert f"Candles: {keyless - 4} of {keyless} providers can be reached" in process.stdout
    assert process.stderr == ""


def test_no_provider_of_candles(stand_in: StandIn) -> None:
    """Without a provider of candles the exit status is 1, even if prices are available."""
    stand_in.fault("bybit", Fault("reset"))
    process = check(**stand_in.base_urls(), PROVIDERS_CANDLES="bybit")

    assert process.returncode == 1
    assert (
        line(process.stdout, "bybit")
        == "candles, prices: Connection failed (127.0.0.1: the connection was reset)"
    )
    assert "candles: disabled, not in PROVIDERS_CANDLES" in line(process.stdout, "binance")
    assert "Candles: 0 of 1 providers can be reached" in process.stdout


def test_a_report_can_be_enough(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With `--report`, as in `make check`, a complete report is a success, and wrong settings are not."""
    monkeypatch.chdir(NO_ENV_FILE)
    monkeypatch.setattr(logging, "disable", lambda: None)
    monkeypatch.setattr(command, "reach", lambda *_: [Finding("bybit", "candles", reason="Timeout")])

    assert (command.main([]), command.main(["--report"])) == (1, 0)
    assert capsys.readouterr().out.count("Use another network, HTTPS_PROXY, or <NAME>_PROXY") == 2
    monkeypatch.setenv("PORT", "eight")
    assert command.main(["--report"]) == 2
    assert command.main(["--reports"]) == 2
    assert "usage: python -m engine check [--report]" in capsys.readouterr().err


def test_make_adds_nothing_to_a_report() -> None:
    """`make check` asks for the report alone, so that make reports no error after it."""
    told = subprocess.run(["make", "-n", "check"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert told.stdout.endswith("python -m engine check --report\n")


def test_wrong_settings() -> None:
    """One message names all invalid settings, and no provider is called."""
    process = check(PORT="eight", WORKERS="4")

    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr == (
        "Invalid settings:\n"
        "  PORT: must be an integer from 1 to 65535\n"
        "  WORKERS, CACHE_TYPE: several workers need CACHE_TYPE=redis: "
        "in memory each worker has separate answers and quotas\n"
    )


def test_anything_else_is_a_mistake() -> None:
    """An unknown command gives the list of commands and exit status 2."""
    process = check("chek")

    assert process.returncode == 2
    assert process.stderr.startswith("usage: python -m engine COMMAND\n")
    assert [line.split()[0] for line in process.stderr.splitlines()[1:]] == list(COMMANDS)


def test_nothing_secret_is_written(stand_in: StandIn) -> None:
    """The report masks every key and password, in any setting."""
    process = check(
        **stand_in.base_urls(),
        COINCAP_API_KEY="hunter2",
        CRYPTOPANIC_API_KEY="hunter2",
        REDIS_URL="redis://:hunter2@127.0.0.1:1/0?password=hunter2",
        HTTPS_PROXY="http://user:hunter2@127.0.0.1:1",
        OTEL_EXPORTER_OTLP_ENDPOINT="https://user:hunter2@127.0.0.1:4318",
        OTEL_EXPORTER_OTLP_HEADERS="api-key=hunter2",
        BYBIT_PROXY=f"user:hunter2@127.0.0.1:{free_port()}",
        NEWS_RSS_FEEDS="https://a.example/feed?token=hunter2&format=rss,https://b.example/feed/@user",
    )

    assert "hunter2" not in process.stdout + process.stderr
    assert line(process.stdout, "COINCAP_API_KEY") == "****"
    assert line(process.stdout, "REDIS_URL") == "redis://****@127.0.0.1:1/0?password=****"
    assert line(process.stdout, "OTEL_EXPORTER_OTLP_HEADERS") == "****"
    assert line(process.stdout, "HTTPS_PROXY") == "http://****@127.0.0.1:1"
    assert line(process.stdout, "NEWS_RSS_FEEDS").endswith("format=****,https://b.example/feed/@user")
    assert (
        line(process.stdout, "bybit")
        == "candles, prices: Connection failed (127.0.0.1: the proxy does not connect)"
    )
    assert line(process.stdout, "coincap").startswith("prices ")


@pytest.mark.parametrize(
    "address", ["redis://u:a,b@h", "redis://:a@b@h", "redis://x:1?a@b@h", "unix://:a@/run/redis?db=1"]
)
def test_passwords_of_any_kind_are_masked(address: str) -> None:
    """A password is masked even where its characters are invalid in an address."""
    settings = Settings(redis_url=address)
    line_of_redis = next(it for it in setting_lines(settings) if " REDIS_URL " in it)

    assert re.search(r"\w+://\*{4}@(h|/run/redis\?db=\*{4})$", line_of_redis)


def test_passwords_of_sentinels_are_masked() -> None:
    """The passwords of Redis and of its sentinels are masked, and the hosts and the service are not."""
    address = (
        "redis+sentinel://u:hunter2@a:1,[::1]:2/main/0?sentinel_username=hunter2&sentinel_password=hun,ter2"
    )
    line_of_redis = next(it for it in setting_lines(Settings(redis_url=address)) if " REDIS_URL " in it)

    assert line_of_redis.endswith(
        " redis+sentinel://****@a:1,[::1]:2/main/0?sentinel_username=****&sentinel_password=****"
    )


def test_a_star_marks_what_was_set() -> None:
    """The report has every setting, marks those that were set, and has providers' settings that were set."""
    settings = Settings(port=9000, providers={"okx": ProviderSettings(base_url="http://x")})
    lines = list(setting_lines(settings))

    assert [it.split()[1:] for it in lines if it.startswith("* ")] == [
        ["PORT", "9000"],
        ["OKX_BASE_URL", "http://x"],
    ]
    assert f"  {'CACHE_TTL_PRICES':30}30" in lines
    assert f"  {'API_KEYS_FILE'}" in lines


def test_what_is_switched_off_is_not_asked(stand_in: StandIn) -> None:
    """A disabled provider or feature gets no call."""
    stand_in.calls.forget()
    settings = load_settings(stand_in.base_urls(), enable_sentiment=False, providers_quotes=("okx",))
    found = {(it.provider.partition(":")[0], it.ability): it for it in reach(settings)}

    assert {name for name, _ in found} == {provider.name for provider in discover()}
    assert found["alternative_me", "sentiment"].reason == "ENABLE_SENTIMENT is false"
    assert found["rss", "news"].reason == "ENABLE_NEWS and ENABLE_SENTIMENT are false"
    assert found["kraken", "prices"].reason == "not in PROVIDERS_QUOTES"
    assert found["okx", "prices"].seconds is not None
    assert stand_in.calls.count("alternative_me") == stand_in.calls.count("rss") == 0
    assert stand_in.calls.count("kraken") == 1


def test_an_empty_answer_is_a_failure(stand_in: StandIn) -> None:
    """A provider whose response has no candle of bitcoin counts as a failure."""
    stand_in.fault("okx", Fault("empty"))
    settings = load_settings(stand_in.base_urls())

    reasons = {it.reason for it in reach(settings) if it.provider == "okx"}
    assert reasons == {"Bad data"}


def test_both_are_needed() -> None:
    """The engine works if one provider has candles and one has prices, which may be two providers."""
    candles, prices = Finding("a", "candles", seconds=0.1), Finding("b", "prices", seconds=0.1)

    assert works([candles, prices])
    assert not works([candles, Finding("b", "prices", reason="Timeout")])
    assert not works([prices])
    assert "Prices: 0 of 0 providers can be reached" in list(finding_lines([candles]))


@pytest.mark.parametrize(
    ("slow", "said"),
    [
        (0, r"Clock: within 2 s of the providers'"),
        (90, r"Clock: this host's clock is (89|90|91) s slow: .*"),
        (-150, r"Clock: this host's clock is (149|150|151) s fast: .*"),
    ],
)
def test_the_clock_is_measured(slow: float, said: str) -> None:
    """The host's clock is compared with the providers' time, and the rest of the report is right anyway."""
    with StandIn(clock=lambda: time.time() + slow) as stand_in:
        process = check_at_leisure(**stand_in.base_urls())

    assert process.returncode == 0, process.stderr
    assert re.fullmatch(said, process.stdout.splitlines()[-1])
    assert re.fullmatch(r"candles \d+ ms; prices \d+ ms", line(process.stdout, "binance"))


def test_a_clock_that_no_provider_confirms(stand_in: StandIn) -> None:
    """Two providers are too few to judge the host's clock."""
    clock = HostClock(time.time)
    only_okx = dict.fromkeys(stand_in.base_urls(), "http://127.0.0.1:1")
    only_okx["OKX_BASE_URL"] = stand_in.url("okx")
    reach(load_settings(only_okx), clock)

    assert clock_line(clock) == "Clock: unknown, because fewer than 3 providers agree on the time"


@needs_redis
def test_a_running_server_keeps_its_budgets(stand_in: StandIn) -> None:
    """The check pings Redis and writes nothing to it."""
    with RedisServer() as redis:
        process = check(**stand_in.base_urls(), CACHE_TYPE="redis", REDIS_URL=redis.url)
        with redis.client() as client:
            assert client.dbsize() == 0

    assert process.returncode == 0
    assert f"Redis at {redis.url} answers" in process.stdout


def test_a_redis_that_is_not_there(stand_in: StandIn) -> None:
    """A Redis that does not answer is reported with exit status 0, because the engine works without it."""
    url = f"redis://127.0.0.1:{free_port()}"
    process = check(**stand_in.base_urls(), CACHE_TYPE="redis", REDIS_URL=url)

    assert process.returncode == 0
    assert f"Redis at {url} does not answer" in process.stdout
