"""Long work leaves others their turn."""

import subprocess
import sys

from engine.turns import in_turns

WORKER = """
from gevent import monkey

monkey.patch_all()

import socket, threading, time
from engine.turns import SLICE, in_turns

near, far = socket.socketpair()
heard = threading.Event()
threading.Thread(target=lambda: far.recv(1) and heard.set(), daemon=True).start()
time.sleep(0)
near.send(b"x")
for number in in_turns(range(30)):
    if heard.is_set():
        break
    end = time.monotonic() + SLICE
    while time.monotonic() < end:
        pass
print(number)
"""


def test_nothing_is_lost() -> None:
    """All items, in their order."""
    assert list(in_turns(range(5))) == [0, 1, 2, 3, 4]


def test_who_writes_meanwhile_is_heard() -> None:
    """Where greenlets share one loop, after a few slices and not at the end."""
    done = subprocess.run([sys.executable, "-c", WORKER], capture_output=True, text=True, check=True)

    assert int(done.stdout) < 10
