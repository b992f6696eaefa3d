"""The sequence of a worker that is alone, kept in a file while it restarts.

Clients then resume as if nothing had happened: their cursors are known, and each series goes on after its
last closed candle. A process that is killed leaves no file, so that cursors of before are too old.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path

import msgspec

from engine.store.sequence import Sent
from engine.streaming.cursors import Place
from engine.streaming.log import KEPT, Log
from engine.streaming.sharing.queue import as_message, as_sent

FORMAT = 1
MOST = 20_000
"""Messages that are saved, the newest: a restart waits for them."""
FILE = "streams.msgpack"

log = logging.getLogger(__name__)


class _Saved(msgspec.Struct):
    format: int
    epoch: str
    begins: Place
    last: Place
    reached: dict[str, int]
    messages: list[Sent]


class SavedLog:
    """The file in the folder `folder`."""

    def __init__(self, folder: str) -> None:
        self._path = Path(folder) / FILE

    def save(self, epoch: str, kept: Log) -> None:
        """Save what clients may ask for. Failures are logged: clients are told of a break then."""
        messages = kept.kept()
        begins = messages[-MOST - 1].place if len(messages) > MOST else kept.begins
        sent = [as_sent(message) for message in messages[-MOST:]]
        packed = msgspec.msgpack.encode(_Saved(FORMAT, epoch, begins, kept.last, kept.reached, sent))
        new = self._path.with_name(f"{FILE}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(packed)
            new.replace(self._path)
        except OSError as error:
            log.warning("the messages of streams are not kept over the restart: %s", error)
            with suppress(OSError):
                new.unlink(missing_ok=True)

    def take(self, now: int) -> tuple[str, Log] | None:
        """Return an epoch and its messages, once; `None` where nothing is saved that is still good."""
        try:
            packed = self._path.read_bytes()
            self._path.unlink()  # two that go on with one sequence would give one cursor two meanings
            saved = msgspec.msgpack.decode(packed, type=_Saved)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("the messages of streams from before are lost: %s", error)
            return None
        if saved.format != FORMAT or not 0 <= now - saved.last.time < KEPT:
            return None
        found = Log(saved.begins)
        for sent in saved.messages:
            found.append(as_message(saved.epoch, sent))
        found.begins, found.last, found.reached = max(saved.begins, found.begins), saved.last, saved.reached
        return saved.epoch, found
