"""`python -m engine key` adds, lists, revokes and rotates keys."""

import os
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from engine.commands import key as command
from engine.commands.key import DONE, FAILED, WRONG
from engine.commands.key._changes import EMPTY, NoSuchKey, revoked, rotated
from engine.config.keys_file import Key, expiry, line_of, parse, read
from engine.web.access.keys import Keys
from tests.clock import Clock

Run = Callable[..., tuple[int, str, str]]
NOW = 1_800_000_000.0
NEW = sha256(b"new").digest()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of keys, which does not exist yet."""
    file = tmp_path / "keys"
    monkeypatch.chdir(tmp_path)  # where no .env is
    monkeypatch.setenv("API_KEYS_FILE", str(file))
    return file


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command, and return its status and what it wrote."""

    def run(*arguments: str) -> tuple[int, str, str]:
        status = command.main([*arguments])
        return (status, *capsys.readouterr())

    return run


def line(name: str, expires: float | None = None, secret: str = "") -> str:
    """Return a line of the file."""
    return line_of(Key(name, "pro", sha256((secret or name).encode()).digest(), expires))


def test_a_missing_file_is_made(file: Path, run: Run) -> None:
    """The first key makes the file, which its owner alone may read; the short form is `add`."""
    status, first, _ = run("alice", "pro")
    assert status == DONE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    assert run("add", "bob", "free", "--expires", "2999-01-01")[0] == DONE
    alice, bob = read(str(file))
    assert (alice.name, alice.tier, alice.expires) == ("alice", "pro", None)
    assert alice.digest == sha256(first.strip().encode()).digest()
    assert (bob.name, bob.tier, bob.expires) == ("bob", "free", expiry("2999-01-01"))


def test_a_key_is_replaced_with_a_grace(file: Path, run: Run) -> None:
    """After `rotate` with a grace both keys work, without one the new key alone."""
    _, old, _ = run("add", "alice", "pro")
    _, second, _ = run("rotate", "alice", "--grace", "12h")
    keys = Keys(str(file))
    assert [keys.find(text.strip()) is not None for text in (old, second)] == [True, True]
    assert keys.find(old.strip()).expires is not None  # type: ignore[union-attr]

    _, third, _ = run("rotate", "alice")
    keys = Keys(str(file))
    assert [keys.find(text.strip()) is not None for text in (old, second, third)] == [False, False, True]


def test_keys_are_listed_and_revoked(file: Path, run: Run) -> None:
    """The list has what is stored of each key; `revoke` ends those of a name, or the one with a hash."""
    file.write_text(f"# keys\n{line('alice')}\n{line('alice', 1.0, 'old')}\n{line('bob', NOW * 2)}\n")
    file.chmod(0o640)
    digest = sha256(b"old").hexdigest()[:8]
    _, listed, _ = run("list")

    assert [row.split()[:2] for row in listed.splitlines()] == [["name", "tier"]] + [
        [name, "pro"] for name in ("alice", "alice", "bob")
    ]
    assert f"{digest}  1970-01-01T00:00:01Z (ended)" in listed
    assert run("revoke", "alice", digest)[0] == DONE
    assert file.read_text() == f"# keys\n{line('alice')}\n{line('bob', NOW * 2)}\n"
    assert run("revoke", "alice")[0] == DONE
    assert [key.name for key in read(str(file))] == ["bob"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert os.listdir(file.parent) == ["keys"]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("revoke", "carol"), FAILED, "no such key of carol"),
        (("revoke", "alice", "00000000"), FAILED, "no such key of alice"),
        (("rotate", "carol"), FAILED, "no valid key of carol"),
        (("rotate", "alice", "--grace", "soon"), WRONG, "30m, 12h, 7d"),
        (("add", "alice", "pro", "--expires", "2001-01-01"), WRONG, "in the future"),
        (("add", "alice", "pro", "--expires", "tomorrow"), WRONG, "YYYY-MM-DD"),
        (("add", "alice"), WRONG, "free|pro|unlimited"),
        (("add", "a:b", "pro"), WRONG, "free|pro|unlimited"),
        ((), WRONG, "required"),
    ],
)
def test_a_mistake_changes_nothing(
    file: Path, run: Run, arguments: tuple[str, ...], status: int, message: str
) -> None:
    """A mistake is explained, and the file stays as it is."""
    file.write_text(f"{line('alice')}\n")
    found = run(*arguments)

    assert (found[0], found[1]) == (status, "")
    assert message in found[2]
    assert file.read_text() == f"{line('alice')}\n"


def test_no_other_command_makes_a_file(file: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`list`, `revoke` and `rotate` make no file, and need the setting."""
    for arguments in (("list",), ("revoke", "alice"), ("rotate", "alice")):
        assert run(*arguments)[0] == WRONG
    assert not file.exists()
    monkeypatch.delenv("API_KEYS_FILE")
    assert run("list") == (WRONG, "", "API_KEYS_FILE is not set\n")


def test_a_file_of_tiers_names_tiers(file: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key can have a tier of `TIERS_FILE`."""
    tiers = file.parent / "tiers.yml"
    tiers.write_text("team: {requests: 90}\n")
    monkeypatch.setenv("TIERS_FILE", str(tiers))

    assert run("add", "alice", "team")[0] == DONE
    assert "free|pro|unlimited|team" in run("add", "alice", "gold")[2]


def test_a_file_in_a_fixed_place_is_rewritten(file: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file cannot be replaced, as one that is mounted into a container, its content is."""
    file.write_text(f"{line('alice')}\n")
    inode = file.stat().st_ino

    def refuse(old: object, new: object) -> None:
        raise OSError(16, "busy")

    monkeypatch.setattr(os, "replace", refuse)
    assert run("add", "bob", "pro")[0] == DONE
    assert [key.name for key in read(str(file))] == ["alice", "bob"]
    assert (file.stat().st_ino, os.listdir(file.parent)) == (inode, ["keys"])


def test_the_last_key_leaves_a_comment() -> None:
    """A file without keys has a comment, since an empty one counts as one that is being written."""
    assert revoked([line("alice")], "alice", "") == [EMPTY]


def test_a_new_key_is_like_the_old_ones() -> None:
    """It has the tier of the last valid key and the latest end; old ones never live longer than before."""
    lines = [
        line("alice", NOW - 1, "ended"),
        line("alice", NOW + 5),
        line("bob"),
        line("alice", NOW + 50, "b"),
    ]
    kept = parse("\n".join(rotated(lines, "alice", NEW, NOW, grace=9.5)))

    assert [(key.name, key.expires) for key in kept] == [
        ("bob", None),
        ("alice", NOW + 5),
        ("alice", NOW + 10),
        ("alice", NOW + 50),
    ]
    assert kept[-1].digest == NEW
    assert rotated([line("alice")], "alice", NEW, NOW, 0) == [line_of(Key("alice", "pro", NEW))]
    with pytest.raises(NoSuchKey):
        rotated(lines[:1], "alice", NEW, NOW, 0)


def test_a_key_ends_at_its_time(tmp_path: Path) -> None:
    """A key is unknown from its end on, which a date or Unix seconds give; other keys of its name go on."""
    file, now = tmp_path / "keys", Clock("2026-11-22T23:59:59Z")
    file.write_text(f"{line('a')}:2026-11-23\n{line('b', now() + 1)}\n{line('a', None, 'c')}\n")
    keys = Keys(str(file), now=now)

    assert all(keys.find(text) for text in "abc")
    now.advance(1)
    assert [text for text in "abc" if keys.find(text)] == ["c"]
    assert not keys.has(sha256(b"a").digest())


@pytest.mark.parametrize("end", ["2026-13-01", "soon", "-5", "2026-1-", "1" * 12, ""])
def test_a_wrong_end_is_refused(end: str) -> None:
    """An end is a date or Unix seconds."""
    with pytest.raises(ValueError, match="line 1"):
        parse(f"{line('alice')}:{end}")
