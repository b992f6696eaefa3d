"""A test that starts a process says so."""

import asyncio

import pytest

from tests.looping import in_a_loop
from tests.own_process import StartedProcess


def test_a_test_without_the_mark_starts_no_process() -> None:
    """A process that a test starts without the mark `servers` fails it, whatever library starts it."""

    async def start() -> None:
        await asyncio.create_subprocess_exec("true")

    with pytest.raises(StartedProcess, match="true"):
        in_a_loop(start())


@pytest.mark.servers
def test_a_test_with_the_mark_may() -> None:
    """A test with the mark starts processes."""

    async def status() -> int:
        return await (await asyncio.create_subprocess_exec("true")).wait()

    assert in_a_loop(status()) == 0
