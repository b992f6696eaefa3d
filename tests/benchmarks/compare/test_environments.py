"""Which Python runs the base."""

import sys
from pathlib import Path

import pytest

from benchmarks.compare.environments import interpreter, pins


def tree(folder: Path, name: str, requirements: str) -> Path:
    """Return a folder with requirements."""
    (folder / name).mkdir()
    (folder / name / "requirements.txt").write_text(requirements)
    return folder / name


@pytest.fixture
def current(tmp_path: Path) -> Path:
    """Return a working tree that pins two packages here, with a hash."""
    text = (
        "flask-cors[a]==6.0.1 \\\n    --hash=sha256:00\n    # via -r requirements.in\n"
        "tzdata==2026.6 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
        'gevent==26.9.0 ; python_version >= "3" \\\n    --hash=sha256:00\n'
    )
    return tree(tmp_path, "current", text)


class Installed:
    """What was installed, in place of an index."""

    def __init__(self, fails: bool = False) -> None:
        self.requirements: list[str] = []
        self._fails = fails

    def __call__(self, python: Path, requirements: Path) -> None:
        """Make the folder of an environment."""
        self.requirements.append(requirements.read_text())
        python.parent.mkdir(parents=True)
        if self._fails:
            raise KeyboardInterrupt


def test_pins_are_those_of_this_machine(current: Path) -> None:
    """Hashes, comments and packages of other systems make no difference, nor does the spelling of a name."""
    assert pins(current) == {"flask-cors==6.0.1", "gevent==26.9.0"}


def test_equal_pins_need_no_environment(tmp_path: Path, current: Path) -> None:
    """A base that pins the same packages runs with this Python."""
    base, installed = tree(tmp_path, "base", "Flask-Cors==6.0.1\ngevent==26.9.0\n"), Installed()

    assert interpreter(base, current, tmp_path, print, installed) == Path(sys.executable)
    assert installed.requirements == []


def test_other_pins_are_installed_once(tmp_path: Path, current: Path) -> None:
    """Other pins have an environment of their own, which the next comparison uses again."""
    base, installed = tree(tmp_path, "base", "gevent==25.0.0\n"), Installed()
    pythons = {interpreter(base, current, tmp_path / "kept", print, installed) for _ in range(2)}

    assert installed.requirements == ["gevent==25.0.0\n"]
    assert {python.parent.parent.parent for python in pythons} == {tmp_path / "kept"}


def test_an_interrupted_installation_begins_again(tmp_path: Path, current: Path) -> None:
    """An environment that is not complete is never used."""
    base, installed = tree(tmp_path, "base", "gevent==25.0.0\n"), Installed()
    with pytest.raises(KeyboardInterrupt):
        interpreter(base, current, tmp_path / "kept", print, Installed(fails=True))
    interpreter(base, current, tmp_path / "kept", print, installed)

    assert len(installed.requirements) == 1
