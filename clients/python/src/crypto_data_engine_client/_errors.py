"""The errors of the client, by the engine's codes."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar


class ClientError(Exception):
    """Every error of this client."""


class Unreachable(ClientError):
    """No answer arrived: no connection, a time-out, or a connection that was cut. `__cause__` says why."""


class UnreadableAnswer(ClientError):
    """The answer is not what the engine sends, such as the page of a proxy."""


class EngineError(ClientError):
    """A failure that the engine reports.

    `code` is the engine's code, or `None` where something else answered; `details` has the reasons by
    provider or parameter; `retry_after` is in seconds.
    """

    codes: ClassVar[tuple[str, ...]] = ()
    """The codes of this class. Those that no class has are told by the class of their status."""
    status_code: ClassVar[int | None] = None
    """The status of this class."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.status, self.code = message, status, code
        self.details: Mapping[str, Any] = details or {}
        self.retry_after, self.request_id = retry_after, request_id

    def __str__(self) -> str:
        told = [self.message, *(f"{name}: {reason}" for name, reason in self.reasons.items())]
        return f"{self.code or self.status}: {'; '.join(told)}"

    @property
    def reasons(self) -> dict[str, str]:
        """Return one text for each of `details`."""
        return {
            name: ", ".join(map(str, it)) if isinstance(it, list) else str(it)
            for name, it in self.details.items()
        }


class InvalidRequest(EngineError):
    """A parameter is invalid; `reasons` names it."""

    status_code = 400


class InvalidSymbol(InvalidRequest):
    """No such coin or pair; `details` may have `didYouMean`."""

    codes = ("INVALID_SYMBOL",)


class AmbiguousSymbol(InvalidSymbol):
    """A name of several coins; `details` has them."""

    codes = ("AMBIGUOUS_SYMBOL",)


class RenamedSymbol(InvalidSymbol):
    """A coin of which one old unit is not one new unit; `details` has the ratio."""

    codes = ("RENAMED_SYMBOL",)


class Unauthorized(EngineError):
    """The key is unknown, or one is needed."""

    status_code = 401


class Forbidden(EngineError):
    """The page is of an origin that is not allowed."""

    status_code = 403


class NotFound(EngineError):
    """No such thing."""

    status_code = 404


class FeatureDisabled(NotFound):
    """The engine runs without this feature, or without a history."""

    codes = ("FEATURE_DISABLED", "HISTORY_DISABLED")


class InsufficientData(EngineError):
    """Fewer candles exist than are required."""

    codes = ("INSUFFICIENT_DATA",)


class RangeTooLarge(EngineError):
    """The range is larger than the tier allows; `details` has the limit."""

    codes = ("RANGE_TOO_LARGE",)


class LimitReached(EngineError):
    """The tier allows no more of these."""

    codes = ("LIMIT_REACHED",)


class RateLimited(EngineError):
    """The quota is spent, for longer than the client may wait."""

    status_code = 429


class InternalError(EngineError):
    """A fault of the engine."""

    status_code = 500


class Overloaded(EngineError):
    """The engine cannot serve now."""

    status_code = 503


class ProvidersFailed(Overloaded):
    """Every provider failed and nothing is cached; `reasons` has one for each."""

    codes = ("PROVIDER_ERROR",)


class StorageFull(EngineError):
    """The history has no room for the job."""

    status_code = 507


def _kinds(kind: type[EngineError]) -> list[type[EngineError]]:
    return [kind, *(inner for below in kind.__subclasses__() for inner in _kinds(below))]


BY_CODE = {code: kind for kind in _kinds(EngineError) for code in kind.codes}
BY_STATUS = {kind.status_code: kind for kind in _kinds(EngineError)[::-1] if "status_code" in vars(kind)}


def error_of(status: int, headers: Mapping[str, str], content: bytes) -> EngineError:
    """Return the error that an answer reports, by its code, or else by its status."""
    return failure(_told(content), status, headers)


def failure(told: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> EngineError:
    """Return the error that `error` of a body or of a message tells."""
    code = told.get("code")
    kind = BY_CODE.get(str(code)) or BY_STATUS.get(status) or EngineError
    return kind(
        str(told.get("message", f"HTTP {status}")),
        status=status,
        code=code,
        details=told.get("details"),
        retry_after=told.get("retryAfter", seconds(headers.get("retry-after"))),
        request_id=headers.get("x-request-id"),
    )


def seconds(text: str | None) -> float | None:
    """Return the seconds of a `Retry-After`; `None` for a date, which the engine never sends."""
    return float(text) if text and text.isdecimal() else None


def _told(content: bytes) -> dict[str, Any]:
    """Return `error` of a body; an empty one where something else than the engine answered."""
    try:
        body = json.loads(content)
    except ValueError:
        return {}
    told = body.get("error") if isinstance(body, dict) else None
    return told if isinstance(told, dict) else {}
