"""The WebSocket server of the stand-in: a thread for each connection."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from http import HTTPStatus
from threading import Event, Thread
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from .candles import Row, newest
from .faults import StreamFault
from .trades import Trades
from .venues import VENUES, Topic, Venue

if TYPE_CHECKING:
    from ..server import StandIn

PACE = 0.1
"""Seconds between two looks at the market."""
BEAT = 1_000
CORRECTED_AFTER = 2_000
MINUTES = {"binance": "1m", "kraken": "1", "bybit": "1", "okx": "1m", "kucoin": "1min", "gate": "1m"}
"""Each venue's word for a minute, of whose candles tickers are the close."""


class StreamServer:
    """Streams of all venues on one port, each below its name."""

    def __init__(self, stand_in: StandIn, pace: float = PACE) -> None:
        self.pace = pace
        self.passes: Counter[int] = Counter()
        """How often each open connection has looked at the market."""
        self.opened: Counter[str] = Counter()
        """How many connections each venue has had."""
        self.refused: Counter[str] = Counter()
        """How many upgrades each venue has refused."""
        self.drops: Counter[str] = Counter()
        """How often each venue has ended all of its connections."""
        self._stand_in = stand_in
        self._faults: dict[str, list[StreamFault]] = {}
        self._stopping = Event()
        self._server = serve(
            self._serve, "127.0.0.1", 0, process_request=self._upgrade, compression=None, ping_interval=None
        )
        self.address = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        self._thread = Thread(target=self._server.serve_forever, name="stand-in-streams", daemon=True)
        self._thread.start()

    def urls(self) -> dict[str, str]:
        """Return the environment that sends an engine's streams here."""
        return {f"{venue.upper()}_STREAM_URL": f"{self.address}/{venue}" for venue in VENUES}

    def fault(self, venue: str, fault: StreamFault) -> None:
        """Give a venue another fault from now on. "drop" ends the connections of this moment."""
        if fault.kind == "drop":
            self.drops[venue] += 1
            return
        self._faults.setdefault(venue, []).append(fault)

    def heal(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    def stop(self) -> None:
        """End all connections."""
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()

    def _upgrade(self, connection: ServerConnection, request: Request) -> Response | None:
        venue = request.path.split("/")[1].partition("?")[0]
        for fault in self._faults.get(venue, ()):
            if fault.kind == "refuse":
                self.refused[venue] += 1
                return connection.respond(HTTPStatus(fault.status), "no")
        return None if venue in VENUES else connection.respond(HTTPStatus.NOT_FOUND, "no such venue")

    def _serve(self, connection: ServerConnection) -> None:
        request = connection.request
        assert request is not None
        name = request.path.split("/")[1].partition("?")[0]
        self.opened[name] += 1
        conversation = _Conversation(self, self._stand_in, name, connection)
        try:
            with suppress(ConnectionClosed):
                conversation.run(self._stopping)
        finally:
            self.passes.pop(id(conversation), None)

    def has(self, venue: str, kind: str) -> bool:
        """Return whether a venue has a fault."""
        return any(fault.kind == kind for fault in self._faults.get(venue, ()))

    def bars(self, venue: str, topic: Topic) -> bool:
        """Return whether a topic is a bad one."""
        return any(
            fault.kind == "bad_topic" and fault.native == topic.native
            for fault in self._faults.get(venue, ())
        )


class _Conversation:
    """One connection."""

    def __init__(
        self, server: StreamServer, stand_in: StandIn, name: str, connection: ServerConnection
    ) -> None:
        self._server = server
        self._stand_in = stand_in
        self._name = name
        self._venue: Venue = VENUES[name]
        self._connection = connection
        self._topics: dict[Topic, Row | None] = {}
        self._corrections: list[tuple[int, Topic, Row]] = []
        self._trades: dict[Topic, Trades] = {}
        self._beat = 0
        self._drops = server.drops[name]

    def run(self, stopping: Event) -> None:
        """Hear and send until the end."""
        for words in self._venue.first_words:
            self._connection.send(words)
        while not stopping.is_set():
            self._server.passes[id(self)] += 1
            if self._server.drops[self._name] > self._drops:
                self._connection.close(1012, "restart")
                return
            self._hear()
            if self._server.has(self._name, "half_open"):
                continue
            if not self._server.has(self._name, "silent"):
                for topic in [*self._topics]:
                    self._tell(topic)
            self._tend()

    def _hear(self) -> None:
        try:
            text = self._connection.recv(self._server.pace)
        except TimeoutError:
            return
        if self._server.has(self._name, "half_open"):
            return
        heard = self._venue.heard(str(text))
        if any(self._server.bars(self._name, topic) for topic in heard.add):
            refusal = self._venue.refusal(str(text))
            if refusal is not None:
                self._connection.send(refusal)
                return
        for reply in heard.replies:
            self._connection.send(reply)
        self._topics |= dict.fromkeys(heard.add)
        for topic in heard.drop:
            self._topics.pop(topic, None)

    def _tell(self, topic: Topic) -> None:
        word = topic.word or MINUTES.get(self._name, "60")
        rows = newest(self._stand_in, self._name, topic.native, word)
        if not rows:
            return
        now, last = self._stand_in.market.now_ms, self._topics.get(topic)
        if topic.channel == "trades" and self._venue.explains:
            self._trade(topic, rows, now)
            return
        if topic.channel != "candles":
            if rows[-1] != last:
                self._topics[topic] = rows[-1]
                for frame in self._venue.ticker(topic, rows[-1], now):
                    self._send(frame)
            return
        if last is not None and len(rows) == 2 and last.open_ms == rows[0].open_ms != rows[1].open_ms:
            self._close(topic, rows[0], now)
        if rows[-1] != last:
            self._topics[topic] = rows[-1]
            self._send(self._venue.candle(topic, rows[-1], closed=False, now=now))

    def _trade(self, topic: Topic, rows: list[Row], now: int) -> None:
        """Tell the trades that explain what became of the running candle."""
        trades = self._trades.setdefault(topic, Trades())
        is_first = trades.last == 0
        new = [trade for row in (rows[-1:] if is_first else rows) for trade in trades.until(row, now)]
        if new and not is_first and self._server.has(self._name, "lose_trade"):
            new = new[1:]
        for frame in self._venue.trades(topic, new, first=is_first):
            self._send(frame)

    def _close(self, topic: Topic, row: Row, now: int) -> None:
        """Tell the end of a candle, with the faults of it."""
        flagged = not self._server.has(self._name, "no_close")
        if self._server.has(self._name, "correct"):
            self._corrections.append((now + CORRECTED_AFTER, topic, row))
            row = row._replace(close=row.open)
        for _ in range(2 if self._server.has(self._name, "doubled_close") else 1):
            self._send(self._venue.candle(topic, row, closed=flagged and self._venue.flags, now=now))

    def _tend(self) -> None:
        now = self._stand_in.market.now_ms
        for due, topic, row in [one for one in self._corrections if one[0] <= now]:
            self._corrections.remove((due, topic, row))
            self._send(self._venue.candle(topic, row, closed=True, now=now))
        if now - self._beat >= BEAT:
            self._beat = now
            for beat in self._venue.beats({topic: one.last for topic, one in self._trades.items()}, now):
                self._connection.send(beat)

    def _send(self, frame: str) -> None:
        if self._server.has(self._name, "bad_frame"):
            self._connection.send("{")
        for _ in range(2 if self._server.has(self._name, "repeat") else 1):
            self._connection.send(frame)
