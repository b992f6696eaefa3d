"""The log has the same failure of a provider at most once a minute."""

from dataclasses import dataclass

from engine.telemetry.events import CircuitClosed, ProviderFailed
from engine.telemetry.repeated_lines import MOST, RepeatedLines

DNS = "api.kraken.com: the name does not resolve"


@dataclass
class Log:
    """A log of failures at given times."""

    repeated_lines: RepeatedLines

    def lines(self, *times: float, provider: str = "kraken", detail: str = DNS) -> list[str | None]:
        """Return the line for a failure at each time, `None` where there is none."""
        failures = [
            ProviderFailed(time, provider, reason="Connection failed", detail=detail) for time in times
        ]
        return [self.repeated_lines.line(failure) for failure in failures]


def test_a_repeated_failure_is_counted() -> None:
    """The same failure has one line a minute, and the next line says how often it happened meanwhile."""
    line = f"kraken failed: Connection failed ({DNS})"

    assert Log(RepeatedLines()).lines(100, 101, 159, 160, 161, 300) == [
        line,
        None,
        None,
        f"{line}, and 2 times since the last such line",
        None,
        f"{line}, and 1 times since the last such line",
    ]


def test_another_cause_or_provider_is_another_failure() -> None:
    """Each provider and each cause has its own line."""
    log = Log(RepeatedLines())
    log.lines(100)

    assert all(log.lines(101, detail="api.kraken.com: the connection was refused"))
    assert all(log.lines(101, provider="okx"))


def test_a_clock_that_was_put_back_hides_nothing() -> None:
    """A failure that is older than the last line is logged."""
    assert all(Log(RepeatedLines()).lines(1000, 100))


def test_memory_is_bounded() -> None:
    """The oldest failures are forgotten, and then count as new."""
    log = Log(RepeatedLines())
    for number in range(MOST + 1):
        assert all(log.lines(100, detail=f"{number}"))

    assert log.lines(101, detail=f"{MOST}") == [None]
    assert all(log.lines(101, detail="0"))


def test_other_events_are_always_logged() -> None:
    """Only failures of providers are withheld."""
    repeated_lines = RepeatedLines()
    recovered = CircuitClosed(100.0, "kraken")

    assert [repeated_lines.line(recovered) for _ in range(2)] == ["kraken answers again"] * 2
