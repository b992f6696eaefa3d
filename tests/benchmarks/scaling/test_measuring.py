"""Costs are measured at a real server over the stand-in."""

import pytest

from benchmarks.scaling import measuring
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn


def test_requests_and_their_calls_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind of request has a cost, and each kind of data the calls of its first request."""
    monkeypatch.setattr(measuring, "ROUNDS", 1)
    monkeypatch.setattr(measuring, "PASSES", 1)
    with StandIn() as stand_in:
        settings = {
            **stand_in.base_urls(),
            **measuring.AMPLE,
            **measuring.FRESH,
            **AMPLE,
            "LOG_LEVEL": "ERROR",
        }
        with Engine({**settings, "HISTORY_ENABLED": "false", "ALERTS_ENABLED": "false"}) as engine:
            calls = measuring.calls(engine, stand_in)
            hits = measuring.hits(engine, "", [])
            memory = measuring.megabytes(engine)

    assert calls["candle_calls"].value == 1
    assert all(figure.value >= 1 for figure in calls.values())
    assert {*hits} == {"hit_alone", "hit_busy", "state_alone", "state_busy", "hit_bytes"}
    assert all(figure.value > 1 for figure in (*hits.values(), memory))
