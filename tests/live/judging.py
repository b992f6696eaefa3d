"""What the contract says about an answer."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from tests.live.listening import Listening
from tests.live.outcome import Kind
from tests.providers.abilities import Ability, Question
from tests.providers.stream_contract import event

TOLD = 3
"""How many breaks of the contract one row tells."""


def judged(ability: Ability, question: Question) -> tuple[Kind, str]:
    """Ask, and judge the result. No question here has an empty answer. Raises a `ProviderError`."""
    result = ability.ask(question)
    if result == []:
        return Kind.BROKEN, "an empty answer"
    return _told(ability.wrong(result, question), f"{len(result)} values" if isinstance(result, list) else "")


def heard(listening: Listening, addresses: Callable[[], Sequence[str]]) -> tuple[Kind, str]:
    """Listen, and judge the first event of the topic. Raises a `ProviderError`."""
    first = listening.first(addresses())
    wrong = event(first, listening.source.now(), listening.topic.interval)
    return _told(wrong, f"{len(listening.frames)} frames")


def _told(wrong: Iterator[str], good: str) -> tuple[Kind, str]:
    found = [*islice(wrong, TOLD)]
    return (Kind.BROKEN, "; ".join(found)) if found else (Kind.OK, good)
