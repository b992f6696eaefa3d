"""How a worker ends at once, by SIGINT or SIGQUIT."""

from types import FrameType


class EndsOnce:
    """Ends at the first of these signals.

    Ctrl+C reaches a worker twice: the terminal sends SIGINT to each process, and the arbiter SIGQUIT to its
    workers. The second one would interrupt `worker_exit`, while it stops the background jobs.
    """

    _is_ending = False

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """End, unless this worker already does."""
        if not self._is_ending:
            self._is_ending = True
            super().handle_quit(sig, frame)  # type: ignore[misc]
