"""API keys are created, read, read again and found."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from engine.config import SettingsError, load_settings
from engine.config.keys_file import read
from engine.web.access.keys import LONGEST, Keys
from tests.clock import Clock
from tests.running import NO_ENV_FILE, ROOT


def line(name: str, tier: str = "free") -> str:
    """Return the line of a key that is its owner's name."""
    return f"{name}:{tier}:{sha256(name.encode()).hexdigest()}\n"


def test_a_file_is_read_again_when_it_changes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A changed file is read again within a second, and an invalid one revokes no key."""
    file, clock = tmp_path / "keys", Clock()
    file.write_text(line("one"))
    keys = Keys(str(file), clock)
    found = keys.find("one")
    assert found is not None
    assert (found.name, found.tier) == ("one", "free")

    file.write_text(line("one") + line("two", "pro"))
    assert keys.find("two") is None
    clock.advance(1)
    assert keys.find("two") is not None

    file.write_text("two:pro:nonsense")
    clock.advance(1)
    assert keys.find("two") is not None
    assert "line 1" in caplog.text
    assert "nonsense" not in caplog.text

    file.unlink()
    clock.advance(1)
    assert keys.find("two") is not None

    file.write_text(line("two"))
    clock.advance(1)
    assert keys.find("one") is None


def test_a_mistake_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A mistake is logged once, and a corrected file is read at once."""
    file, clock = tmp_path / "keys", Clock()
    file.write_text("nonsense")
    keys = Keys(str(file), clock)
    for _ in range(5):
        assert keys.find("one") is None
        clock.advance(1)
    assert caplog.text.count("line 1") == 1

    file.unlink()
    for _ in range(5):
        assert keys.find("one") is None
        clock.advance(1)
    assert caplog.text.count("FileNotFoundError") == 1

    file.write_text(line("one"))
    assert keys.find("one") is not None


@pytest.mark.parametrize(
    "cut",
    [b"", b"\n", b" \r\n", b"\xef\xbb\xbf", b"\0" * 70, line("one").encode()[:-9], b"\xff\xfe", None],
    ids=["empty", "newline", "blanks", "mark", "zeros", "half a line", "no text", "missing"],
)
def test_a_file_that_is_rewritten_in_place_ends_no_key(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, cut: bytes | None
) -> None:
    """A file that is being rewritten is logged once, and the previous keys stay valid."""
    file, clock = tmp_path / "keys", Clock()
    file.write_text(line("one") + line("two"))
    keys = Keys(str(file), clock)
    assert keys.find("one")

    if cut is None:
        file.unlink()
    else:
        file.write_bytes(cut)
    for _ in range(3):
        clock.advance(1)
        assert keys.find("one")
        assert keys.find("two")
    assert caplog.text.count("keeping the last valid keys") == 1

    file.write_text(line("two") + line("three"))
    clock.advance(1)
    assert keys.find("one") is None
    assert keys.find("three")


def test_a_comment_alone_ends_all_keys(tmp_path: Path) -> None:
    """A file with only a comment revokes all keys, and an empty file revokes none."""
    file, clock = tmp_path / "keys", Clock()
    file.write_text(line("one"))
    keys = Keys(str(file), clock)
    assert keys.find("one")

    file.write_text("# no keys\n")
    clock.advance(1)
    assert keys.find("one") is None


def test_a_file_may_be_empty_from_the_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file may be empty at the start, and keys may be added later."""
    file, clock = tmp_path / "keys", Clock()
    file.write_text("")
    keys = Keys(str(file), clock)
    assert keys.find("one") is None

    file.write_text(line("one"))
    clock.advance(1)
    assert keys.find("one")
    assert caplog.text == ""


def test_what_editors_leave_in_a_file_is_no_mistake(tmp_path: Path) -> None:
    """A byte order mark, other line ends, spaces and comments in a file are accepted."""
    file = tmp_path / "keys"
    file.write_bytes(b"\xef\xbb\xbf" + f"{line('one')}\r\n  # mine\r\n\t{line('two')}  ".encode())

    assert [key.name for key in read(str(file))] == ["one", "two"]


def test_what_cannot_be_a_key_is_none(tmp_path: Path) -> None:
    """A key that is too long or is no text is unknown, and without a file all are."""
    file = tmp_path / "keys"
    file.write_text(line("k" * (LONGEST + 1)))

    assert Keys(str(file)).find("k" * (LONGEST + 1)) is None
    assert Keys(str(file)).find("\udcff") is None
    assert Keys(None).find("one") is None


@pytest.mark.parametrize("wrong", ["one", "one:gold:" + "0" * 64, "o ne:free:" + "0" * 64, "one:free:00"])
def test_a_wrong_file_stops_the_start(tmp_path: Path, wrong: str) -> None:
    """An invalid file stops the start with a message that names the setting and the line."""
    file = tmp_path / "keys"
    file.write_text(f"# keys\n{wrong}\n")

    with pytest.raises(SettingsError, match="API_KEYS_FILE: line 2"):
        load_settings({"API_KEYS_FILE": str(file)})
    with pytest.raises(SettingsError, match="API_KEYS_FILE: file not found"):
        load_settings({"API_KEYS_FILE": str(tmp_path / "other")})


def make_key(name: str, tier: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `make key` and return its output."""
    return subprocess.run(
        [sys.executable, "-m", "engine", "key", name, tier],
        cwd=NO_ENV_FILE,
        env={"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_key_is_made_and_shown_once(tmp_path: Path) -> None:
    """A new key is shown once, and the file has only its hash."""
    file = tmp_path / "keys"
    file.write_text(line("one"))
    made = make_key("alice", "pro", {"API_KEYS_FILE": str(file)})
    key = made.stdout.strip()
    found = Keys(str(file)).find(key)

    assert made.stderr == ""
    assert len(key) == 48
    assert key not in file.read_text()
    assert [each.name for each in read(str(file))] == ["one", "alice"]
    assert found is not None
    assert found.tier == "pro"


def test_a_key_is_added_behind_a_line_without_an_end(tmp_path: Path) -> None:
    """A key is added on a new line even if the file's last line has no end."""
    file = tmp_path / "keys"
    file.write_text(line("one").strip())
    make_key("alice", "pro", {"API_KEYS_FILE": str(file)})

    assert [each.name for each in read(str(file))] == ["one", "alice"]


def test_without_a_file_the_line_is_shown_as_well() -> None:
    """Without a file, the command also shows the line to add."""
    key, _, shown = make_key("alice", "unlimited", {}).stdout.splitlines()

    assert shown == f"alice:unlimited:{sha256(key.encode()).hexdigest()}"


@pytest.mark.parametrize(("name", "tier"), [("", "pro"), ("a:b", "pro"), ("alice", "gold")])
def test_a_wrong_name_or_tier_makes_no_key(name: str, tier: str) -> None:
    """An invalid name or tier creates no key, and the error has the valid ones."""
    made = make_key(name, tier, {})

    assert made.returncode == 2
    assert made.stdout == ""
    assert "free|pro|unlimited" in made.stderr
