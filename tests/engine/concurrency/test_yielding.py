"""Long work yields to other requests."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.concurrency.yielding import Busy, OneAtATime, cooperatively
from tests.running import ROOT
from tests.template import template

WORKER = """
from gevent import monkey

monkey.patch_all()

import socket, threading, time
from engine.concurrency.yielding import SLICE, cooperatively

near, far = socket.socketpair()
received = threading.Event()
threading.Thread(target=lambda: far.recv(1) and received.set(), daemon=True).start()
time.sleep(0)
near.send(b"x")
for number in cooperatively(range(30)):
    if received.is_set():
        break
    end = time.monotonic() + SLICE
    while time.monotonic() < end:
        pass
print(number)
"""


def test_all_items_are_kept() -> None:
    """All items are yielded in their order."""
    assert list(cooperatively(range(5))) == [0, 1, 2, 3, 4]


def test_a_message_is_received_meanwhile() -> None:
    """Another greenlet of the same loop runs after a few slices, before the work ends."""
    done = template("gevent").run(("-c", WORKER), ROOT, os.environ, 60)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 10


def test_one_caller_works_at_a_time() -> None:
    """One caller works at a time, the others wait, and all of them are served."""
    turns, at_work, most = OneAtATime(waiting=7, patience=10, each=8), [], []

    def work(number: int) -> int:
        with turns.turn("a"):
            at_work.append(number)
            most.append(len(at_work))
            at_work.remove(number)
        return number

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(work, range(8))) == list(range(8))
    assert set(most) == {1}


def test_callers_beyond_the_places_are_refused_at_once() -> None:
    """Callers beyond the limit are refused at once, and a place is free after its caller ends or fails."""
    turns, begun, end = OneAtATime(waiting=0, patience=10, each=1), threading.Event(), threading.Event()

    def work() -> None:
        with turns.turn("a"):
            begun.set()
            end.wait(10)

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        assert begun.wait(10)
        with pytest.raises(Busy), turns.turn("a"):
            pass
        end.set()
        working.result(10)
    with pytest.raises(KeyError), turns.turn("a"):
        raise KeyError
    with turns.turn("a"):
        pass


def test_a_caller_waits_for_a_limited_time() -> None:
    """A caller whose wait timed out gives its place back."""
    turns = OneAtATime(waiting=1, patience=0.01, each=2)
    with turns.turn("a"):
        for _ in range(3):
            with pytest.raises(Busy), turns.turn("a"):
                pass


def test_one_client_leaves_places_to_the_others() -> None:
    """A client at its own limit is refused at once, while another client waits and is served."""
    turns = OneAtATime(waiting=1, patience=10, each=1)

    def work() -> str:
        with turns.turn("other"):
            return "served"

    with ThreadPoolExecutor(1) as pool:
        with turns.turn("greedy"):
            for _ in range(3):
                with pytest.raises(Busy), turns.turn("greedy"):
                    pass
            waiting = pool.submit(work)
        assert waiting.result(10) == "served"

    assert not turns._taken, "no client is remembered"
