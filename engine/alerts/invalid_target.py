"""Errors of targets that no alert may be sent to."""


class InvalidTarget(ValueError):
    """No alert may be sent to this target. The message says why, without what only insiders know."""
