"""A parser for the parts of a Dockerfile that the project uses."""

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

COMMENT = re.compile(r"^\s*#.*\n", re.M)
CONTINUED = re.compile(r"\s*\\\n\s*")
PART = re.compile(r"(\w+)=(\S+)")


@dataclass(frozen=True)
class Step:
    """An instruction with its arguments."""

    name: str
    rest: str

    @property
    def options(self) -> dict[str, str]:
        """Return the options before the arguments, without `--`."""
        return dict(re.findall(r"--([\w-]+)=(\S+)", self.rest.partition("CMD")[0]))

    @property
    def words(self) -> list[str]:
        """Return the arguments without options."""
        return [word for word in self.rest.split() if not word.startswith("--")]

    @property
    def command(self) -> list[str]:
        """Return the command in exec form. Raises `ValueError` for a shell's command."""
        command = json.loads(self.rest[self.rest.index("[") :] if "[" in self.rest else self.rest)
        return [str(word) for word in command]

    @property
    def variables(self) -> dict[str, str]:
        """Return the variables of `ENV`."""
        return dict(PART.findall(self.rest))


@dataclass(frozen=True)
class Stage:
    """The steps from a `FROM` to the next one."""

    base: str
    name: str | None
    steps: tuple[Step, ...]

    def of(self, name: str) -> list[Step]:
        """Return the steps of one kind."""
        return [step for step in self.steps if step.name == name]


def stages(text: str) -> list[Stage]:
    """Return the stages of a Dockerfile."""
    lines = CONTINUED.sub(" ", COMMENT.sub("", text)).splitlines()
    steps = [Step(*line.split(maxsplit=1)) for line in lines if line.strip()]
    starts = [place for place, step in enumerate(steps) if step.name == "FROM"]
    found = []
    for start, end in zip(starts, [*starts[1:], len(steps)], strict=True):
        base, _, name = steps[start].rest.partition(" AS ")
        found.append(Stage(base, name or None, tuple(steps[start + 1 : end])))
    return found


class Ignore:
    """A `.dockerignore`. The last pattern that matches a path or a folder above it counts."""

    def __init__(self, text: str) -> None:
        self._patterns = [line for line in text.splitlines() if line and not line.startswith("#")]

    def hides(self, path: str) -> bool:
        """Return whether a path is hidden from Docker."""
        hidden = False
        for pattern in self._patterns:
            if _matches(path, pattern.removeprefix("!")):
                hidden = not pattern.startswith("!")
        return hidden


def _matches(path: str, pattern: str) -> bool:
    above = [str(each) for each in (PurePosixPath(path), *PurePosixPath(path).parents) if str(each) != "."]
    if pattern.startswith("**/"):
        return any(fnmatchcase(part, pattern[3:]) for part in PurePosixPath(path).parts)
    return any(each.count("/") == pattern.count("/") and fnmatchcase(each, pattern) for each in above)
