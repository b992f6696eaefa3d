"""What all tests share: no test connects to another machine, and none fails on a busy one."""

import gc
import os
import pkgutil
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import loopback, own_process, routes
from tests.collecting import UNTRACED, pytest_collection_modifyitems, pytest_ignore_collect
from tests.garbage import collect_rarely
from tests.untraced import measured, paused
from tests.untraced import untraced as without_tracer

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_configure(config: pytest.Config) -> None:
    """Guard the sockets and processes of tests, before anything is imported that makes one."""
    loopback.guard()
    own_process.guard()
    for name in ("MAKEFLAGS", "MAKELEVEL"):  # of `make test`: tests run make as users do
        os.environ.pop(name, None)
    os.environ.setdefault("HISTORY_ENABLED", "false")  # a test that needs a history has one of its own
    settings.register_profile("any machine", deadline=None)
    settings.load_profile("any machine")
    routes.share()


__all__ = ["pytest_collection_modifyitems", "pytest_ignore_collect"]
MEASURED = ("engine", "providers", "schemas")
"""The packages whose coverage is measured."""
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
"""The name of this process among those that share the tests."""
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Import what is measured, in one process with the tracer, and collect tests without it.

    Nearly all of that stays, so that the garbage collector would look at it again and again for nothing.
    """
    if not _only_gives_tests_to_others(session):
        gc.disable()
        with nullcontext() if WORKER in ("", "gw0") else without_tracer():
            _import_measured()
    with without_tracer():
        return (yield)


def _only_gives_tests_to_others(session: pytest.Session) -> bool:
    return not WORKER and session.config.getoption("dist", "no") != "no"


def _import_measured() -> None:
    for name in MEASURED:
        package = import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            import_module(module.name)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Begin each folder at another place in each process: it finds the modules that others have rewritten."""
    report = yield
    if WORKER and isinstance(collector, pytest.Directory) and report.result:
        start = len(report.result) * int(WORKER.removeprefix("gw")) // WORKERS
        report.result = report.result[start:] + report.result[:start]
    return report


def pytest_collection_finish() -> None:
    """Keep what was imported and collected away from the garbage collector, which would look at it often."""
    collect_rarely()


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    """Leave the tracer out of pytest itself."""
    with paused():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Leave the tracer out of what `UNTRACED` says."""
    with without_tracer() if item.stash.get(UNTRACED, False) else nullcontext():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup() -> Generator[None, object, object]:
    """Measure what fixtures begin with."""
    with measured():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Generator[None, object, object]:
    """Measure tests."""
    with measured():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Keep a test to this process, unless it is marked. Its end may stop what other tests have started."""
    with own_process.kept_to_itself(item.get_closest_marker("servers") is None):
        return (yield)


pytest_runtest_call = pytest_runtest_setup


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """Measure what fixtures end with."""
    with measured():
        return (yield)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Yield Chromium, one for each process: a second Playwright finds the loop of the first one running.

    Without it the tests are skipped, or fail where a browser is required.
    """
    from tests.engine.web.pages import browser as chromium  # few tests need it

    why = chromium.missing()
    if why and chromium.is_needed():
        pytest.fail(why)
    if why:
        pytest.skip(why)
    with chromium.chromium() as browser:
        yield browser


@pytest.fixture
def untraced() -> Iterator[None]:
    """For many cases of which each line has tests of its own: `pytestmark = pytest.mark.usefixtures(...)`."""
    with without_tracer():
        yield
