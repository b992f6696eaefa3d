"""What clients cause: requests, calls upstream, messages, and what a CDN takes away."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.scaling.behaviour import Behaviour, Data, of_load, usual, zipf
from benchmarks.scaling.model import candle_budget, demand, utilisation
from tests.benchmarks.scaling.costs import COSTS

USUAL = usual(COSTS)
CLIENTS = st.floats(1, 1e9)


def test_shares_are_of_all_requests() -> None:
    """The shares of what is asked for add up to all requests, as assumed and as make load has it."""
    assert sum(one.share for one in USUAL.data) == pytest.approx(1)
    assert sum(one.share for one in of_load(COSTS, 10).data) == pytest.approx(1)
    assert zipf(3) == pytest.approx([6 / 11, 3 / 11, 2 / 11])


@settings(max_examples=20)
@given(CLIENTS)
def test_calls_upstream_have_a_bound_that_clients_do_not_move(clients: float) -> None:
    """There are never more calls than one refresh of all data in its lifetime, however many clients."""
    wanted = demand(clients, USUAL)

    assert 0 < wanted.calls <= wanted.calls_bound == demand(1, USUAL).calls_bound
    assert demand(1e15, USUAL).calls == pytest.approx(wanted.calls_bound)


@settings(max_examples=20)
@given(CLIENTS, st.floats(1, 1000))
def test_calls_for_data_that_is_always_asked_for_do_not_grow(clients: float, times: float) -> None:
    """Where data is asked for at least a hundred times in its lifetime, more clients cause no more calls."""
    popular = Behaviour([Data(1.0, 60.0, calls=8)], per_minute=100 / clients)
    few, many = demand(clients, popular), demand(clients * times, popular)

    assert few.calls <= many.calls < few.calls * 1.02


@settings(max_examples=20)
@given(CLIENTS)
def test_a_cdn_takes_requests_away_and_no_call(clients: float) -> None:
    """A CDN leaves fewer requests to the engine, all those for state, and the same calls upstream."""
    direct, behind = demand(clients, USUAL), demand(clients, USUAL, edges=50)

    assert behind.answers <= direct.answers
    assert behind.state == direct.state
    assert behind.calls == direct.calls
    assert direct.cdn_share == pytest.approx(0)
    assert 0 <= behind.cdn_share < 1


def test_a_cdn_asks_twice_in_a_lifetime() -> None:
    """Each cache of a CDN asks for popular data twice in its lifetime, once for each address."""
    popular = Behaviour([Data(1.0, 60.0, addresses=3)], per_minute=60)

    assert demand(1e9, popular, edges=5).answers == pytest.approx(2 * 3 * 5 / 60)


def test_without_clients_there_is_nothing() -> None:
    """Without clients there is no request, no call, no message and no candle."""
    wanted = demand(0, USUAL, edges=50)

    assert (wanted.requests, wanted.answers, wanted.calls, wanted.messages, wanted.candles) == (0, 0, 0, 0, 0)
    assert wanted.cdn_share == 0


def test_messages_follow_streams_and_series() -> None:
    """Each stream gets the messages of its channels; no more are published than there are series."""
    behaviour = replace(USUAL, streaming=0.5, channels=2, pace=4.0, series=100)
    few, many = demand(10, behaviour), demand(10_000, behaviour)

    assert (few.streams, few.messages, few.published) == (5, 40, 40)
    assert (many.streams, many.messages, many.published) == (5_000, 40_000, 400)


def test_a_busy_worker_needs_less_for_each_request() -> None:
    """A request costs what one alone does on an idle worker, and what a busy one does on a full worker."""
    nothing = replace(demand(0, USUAL), clients=1.0)
    one, all_of_it = (
        utilisation(replace(nothing, answers=rate), COSTS, 1, shared=False) for rate in (1.0, 10_000.0)
    )

    assert one == pytest.approx(0.001 + 300e-6, rel=0.01)
    assert all_of_it == pytest.approx(10_000 * 100e-6, rel=0.01)


def test_every_worker_reads_all_messages() -> None:
    """With Redis more workers do not take away what each needs to read the sequence."""
    wanted = replace(demand(0, USUAL), published=1_000.0)
    few, many = (utilisation(wanted, COSTS, workers, shared=True) for workers in (1, 1_000))

    assert many == pytest.approx(0.01, abs=0.001)
    assert few == pytest.approx(0.021, abs=0.001)


def test_providers_allow_so_many_calls() -> None:
    """The budget for candles is that of all providers of candles, of which Binance's alone is 45 a second."""
    assert 45 < candle_budget() < 10_000
