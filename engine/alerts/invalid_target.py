"""The error for targets to which no alert may be sent."""


class InvalidTarget(ValueError):
    """No alert may be sent to this target. The message says why, and reveals nothing of the inner network."""
