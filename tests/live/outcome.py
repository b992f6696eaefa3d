"""What came of asking a provider for one ability, and what that means for the whole run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from providers import Blocked, ProviderError, RateLimited, Unauthorized, Unavailable


class Kind(Enum):
    """The words of the table."""

    OK = "ok"
    BROKEN = "FAILED"
    REFUSED = "refused here"
    UNREACHABLE = "not reachable"
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Outcome:
    """A row of the table. `detail` has the cause of a failure, or what the answer held."""

    provider: str
    ability: str
    kind: Kind
    detail: str = ""


def of_error(error: BaseException) -> tuple[Kind, str]:
    """Return what an error says about the provider. An error that is none of a provider is a fault here."""
    said = str(error) or type(error).__name__
    match error:
        case Blocked():
            return Kind.REFUSED, f"refuses the region of this host ({said})"
        case Unavailable(reason="HTTP 403"):
            return Kind.REFUSED, f"refuses this host ({said})"
        case RateLimited():
            return Kind.UNREACHABLE, f"has no more requests for this host now ({said})"
        case Unavailable() if is_wrong_request(error):
            return Kind.BROKEN, f"does not take this request any more ({said})"
        case Unavailable():
            return Kind.UNREACHABLE, f"{error.reason} ({said})"
        case Unauthorized():
            return Kind.BROKEN, f"requires another key ({said})"
        case ProviderError():
            return Kind.BROKEN, f"{error.reason}: {said}"
    return Kind.BROKEN, f"internal error {type(error).__name__}: {said}"


def is_wrong_request(error: Unavailable) -> bool:
    """Return whether a status says that the request is wrong, and not that the provider has trouble."""
    return error.reason.startswith(("HTTP 2", "HTTP 3", "HTTP 4")) and error.reason != "HTTP 408"


def lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the table, as Markdown that terminals show as well, and a summary."""
    yield "| provider | ability | result | detail |"
    yield "|---|---|---|---|"
    for one in outcomes:
        detail = " ".join(one.detail.replace("|", "/").split())
        yield f"| {one.provider} | {one.ability} | {one.kind.value} | {detail} |"
    yield ""
    counts = {kind: sum(one.kind is kind for one in outcomes) for kind in Kind}
    yield ", ".join(f"{count} {kind.value}" for kind, count in counts.items() if count)
    if not counts[Kind.OK]:
        yield "No provider gave an answer, so that nothing was checked."


def status(outcomes: Sequence[Outcome]) -> int:
    """Return 1 if an answer broke the contract, or if none came at all."""
    kinds = {one.kind for one in outcomes}
    return 1 if Kind.BROKEN in kinds or Kind.OK not in kinds else 0
