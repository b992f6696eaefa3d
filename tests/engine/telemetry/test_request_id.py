"""Request ids and their use in other threads."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.telemetry.request_id import begin, current, with_new_id, with_request_id
from engine.upstream.fan_out import Ask, gather


@pytest.mark.parametrize("sent", ["a", "0123-4567.89_AB:cd", "x" * 64])
def test_a_harmless_id_is_taken(sent: str) -> None:
    """A client's safe request id is used unchanged."""
    assert begin(sent) == current() == sent


@pytest.mark.parametrize("sent", [None, "", "x" * 65, "a b", "a\n", "a\nb", "é", '"', "%0a", "{}"])
def test_any_other_is_not(sent: str | None) -> None:
    """Any other request id is replaced by a new one each time."""
    made = begin(sent)

    assert current() == made != begin(sent)
    assert made.isalnum()
    assert len(made) == 16


def test_what_a_pool_does_for_a_request_has_its_id() -> None:
    """Work for a request in a pool has the request's id, and the thread has none afterwards."""
    with ThreadPoolExecutor(1) as pool:
        begin("one")
        first = pool.submit(with_request_id(current))
        begin("other")
        second = pool.submit(with_request_id(current))

        assert (first.result(), second.result()) == ("one", "other")
        assert pool.submit(current).result() == ""


def test_work_without_a_request_names_its_kind() -> None:
    """Work without a request has a new id each time that begins with its kind, and requests keep theirs."""
    begin("one")
    names = {with_new_id("refresh", current)() for _ in range(5)}

    assert len(names) == 5
    assert {name.partition("-")[0] for name in names} == {"refresh"}
    assert current() == "one"


def test_calls_to_providers_have_the_request_s_id() -> None:
    """Calls to providers have the request's id in every pool."""
    with ThreadPoolExecutor(2) as pool:
        begin("one")
        outcomes = gather([Ask(name, current, pool) for name in ("kraken", "okx")], deadline=5)

    assert [outcome.value for outcome in outcomes] == ["one", "one"]


def test_a_process_that_was_forked_gives_names_of_its_own() -> None:
    """A forked worker gives other ids than its parent and its siblings."""
    read, write = os.pipe()
    before = begin()
    child = os.fork()
    if child == 0:
        os.write(write, begin().encode())
        os._exit(0)
    os.waitpid(child, 0)
    names = {before, begin(), os.read(read, 64).decode()}

    assert len(names) == 3
    assert len({name[:10] for name in names}) == 2
