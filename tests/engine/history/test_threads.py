"""Work on a database beside the event loop of a worker: whose turn it is, and what is said of a hang."""

import os

import pytest

from engine.history.availability import Availability
from engine.history.errors import ArchiveFull
from engine.history.threads import Closing, Threads
from tests.running import ROOT
from tests.template import template

BEGINNING = """
from gevent import monkey

monkey.patch_all()

import os

import gevent
from gevent.monkey import get_original

from engine.history.availability import Availability
from engine.history.errors import ArchiveUnreachable
from engine.history.threads import Threads

class Storage:
    def close(self):
        pass

threads = Threads(Availability(enabled=True), Storage)
"""
TURNS = """
order = []
wait = get_original("time", "sleep")

def often():
    for turn in range(20):
        threads.write(lambda storage: wait(0.005), 60)
        order.append("often")

def once():
    threads.write(lambda storage: None, 60)
    order.append("once")

first = gevent.spawn(often)
gevent.sleep(0.001)
gevent.joinall([first, gevent.spawn(once)], raise_error=True)
print(order.index("once") <= 2)
"""
HANG = """
ended = get_original("threading", "Event")()

def hang():
    try:
        threads.run(lambda storage: ended.wait(), 0.1)
    except ArchiveUnreachable:
        pass

threads.run(lambda storage: None, 60)
gevent.joinall([gevent.spawn(hang), gevent.spawn(hang)], raise_error=True)
try:
    threads.write(lambda storage: None, 600)
except ArchiveUnreachable as error:
    print(error, flush=True)
os._exit(0)  # its threads still hang
"""


@pytest.mark.parametrize(
    ("script", "printed"), [(TURNS, "True\n"), (HANG, "the database does not answer in time\n")]
)
def test_writers(script: str, printed: str) -> None:
    """One that writes often lets others have their turn, and none waits for a thread of a hang."""
    done = template("gevent").run(("-c", BEGINNING + script), ROOT, os.environ, 120)

    assert (done.returncode, done.stdout) == (0, printed), done.stderr


def test_a_full_disk_is_told_whatever_the_first_work_is() -> None:
    """Opening a database needs room as well, also for one that reads."""
    availability = Availability(enabled=True)

    def open_storage() -> Closing:
        raise ArchiveFull("there is no room")

    with pytest.raises(ArchiveFull):
        Threads(availability, open_storage).run(lambda storage: None, 60)

    assert (availability.state, availability.reason) == ("full", "there is no room")
