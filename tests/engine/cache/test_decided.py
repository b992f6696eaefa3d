"""What a span says of the cache's decisions."""

from engine.cache._decided import NAMED, decided, described
from engine.cache.decision import Action, Decision
from tests.recorded_spans import Recorder, recorder

__all__ = ["recorder"]


def test_each_decision_is_counted() -> None:
    """A request for several keys has the number of keys of each decision, and the first keys."""
    decisions = {f"quotes:{number}": Decision(Action.SERVE) for number in range(6)}
    decisions["quotes:new"] = Decision(Action.FETCH)

    assert described(decisions) == {
        "cache.decision": "serve, fetch",
        "cache.serve": 6,
        "cache.fetch": 1,
        "cache.keys": ", ".join([*decisions][:NAMED]),
    }


def test_a_ready_answer_is_a_decision(recorder: Recorder) -> None:
    """An answer whose bytes are kept has a span with its key."""
    decided("series:BTC")

    [span] = recorder.spans
    assert span.attributes == {"request_id": "", "cache.decision": "ready", "cache.keys": "series:BTC"}
