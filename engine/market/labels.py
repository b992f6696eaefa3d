"""How sources are named in answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """Names sources; in a demo with a mark, so that made-up figures are never mistaken for real ones."""

    demo: bool

    def __call__(self, source: str) -> str:
        """Return the name of `source`."""
        return f"demo:{source}" if self.demo else source
