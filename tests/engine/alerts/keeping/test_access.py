"""Access to the database of alerts while another program locks it."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from engine.alerts.keeping.access import Access
from engine.config import Settings
from engine.history.database import Database
from engine.history.errors import Busy, NotTheWriter
from tests.engine.alerts.keeping.test_storage import RULE


@pytest.mark.usefixtures("hurried")
def test_another_program_that_writes_ends_no_reading_of_rules(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """While another program holds a lock, rules can only be read, and the state is `unavailable`."""
    access = Access(Settings(database_url=url, data_dir=f"{tmp_path}"))
    access.change(lambda storage: storage.add(RULE, None))
    access.write(lambda storage: storage.hold())
    other = Database(url)

    def meanwhile(connection: Connection) -> None:
        connection.execute(text("UPDATE history_lease SET until = until"))
        with pytest.raises(Busy):
            access.write(lambda storage: storage.hold())
        assert access.availability.usable
        assert access.run(lambda storage: storage.rules("alice")) == [RULE]
        assert access.availability.state == "unavailable"

    other.write(meanwhile)
    other.close()
    access.write(lambda storage: storage.hold())

    assert access.availability.state == "ok"
    assert caplog.text.count("serving alert rules read-only until it ends") == 1
    access.stop()


@pytest.mark.usefixtures("hurried")
def test_a_process_that_may_not_write_knows_when_another_program_is_done(tmp_path: Path) -> None:
    """A follower that is refused the lease could have written, so that its state is `ok` again."""
    settings = Settings(data_dir=f"{tmp_path}")
    evaluator, follower = Access(settings), Access(settings)
    evaluator.change(lambda storage: storage.add(RULE, None))
    evaluator.write(lambda storage: storage.hold())
    other = Database(f"sqlite:///{tmp_path}/history.sqlite")

    def meanwhile(_: Connection) -> None:
        with pytest.raises(Busy):
            follower.write(lambda storage: storage.hold())

    other.write(meanwhile)
    other.close()
    held = follower.availability.state
    with pytest.raises(NotTheWriter):
        follower.write(lambda storage: storage.hold())

    assert (held, follower.availability.state) == ("unavailable", "ok")
    evaluator.stop()
    follower.stop()
