"""The first steps of every stream: check that streams are enabled, find the caller, take the socket over."""

import socket
from collections.abc import Callable

from flask import request

from engine.errors import ApiError, FeatureDisabled
from engine.streaming.service import Streaming
from engine.web.cors import is_own
from engine.web.services import current_services
from engine.web.streaming._caller import StreamCaller, caller_of
from engine.web.streaming._handshake import handshake
from engine.web.streaming._takeover import TAKEOVER, StreamResponse, Takeover, can_take_over

__all__ = ["StreamResponse", "current_streaming", "handshake", "stream_caller", "take_over"]


def current_streaming(*, detached: bool = True) -> Streaming:
    """Return the streams. Raises `FeatureDisabled`, also where a socket cannot be kept."""
    services = current_services()
    if services.streaming is None:
        raise FeatureDisabled("STREAM_ENABLED=true")
    if detached and not can_take_over(request.environ):
        raise FeatureDisabled("WORKER_CLASS=gevent")
    services.streaming.coordinator.settle()
    return services.streaming


def stream_caller(ticket: str | None) -> StreamCaller:
    """Return who asks. Raises `ApiError`: a browser's page must be of an allowed origin."""
    services = current_services()
    origin = request.headers.get("Origin")
    if origin is not None and not (is_own(origin, request.host) or services.origins.headers(origin)):
        raise ApiError("This origin is not allowed", code="FORBIDDEN", status=403)
    return caller_of(services.callers, services.store, request.environ, ticket)


def take_over(begin: Callable[[socket.socket], None], response: StreamResponse) -> StreamResponse:
    """Return the beginning of the answer, after which `begin` gets the socket."""
    request.environ[TAKEOVER] = Takeover(begin)
    return response
