"""The job that evaluates alert rules: how often it checks for work."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from engine.alerts.keeping.access import Access
from engine.alerts.keeping.records import KeptRule
from engine.config import Settings
from engine.jobs.alerting import IDLE_LOOK, LOOK, Alerting
from engine.telemetry.metrics import AlertCounts
from tests.clock import Clock
from tests.engine.alerts.stating import given


class Nothing:
    """Evaluates nothing, and delivers nothing."""

    rules = 0

    def keep(self) -> int:
        """Keep nothing."""
        return 0

    def __getattr__(self, name: str) -> Any:
        """Do nothing else."""
        return lambda *_: None


class Stage:
    """The job of a process, whose ticks a test calls."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.settings = Settings(data_dir=f"{folder}", api_keys_file=f"{folder / 'keys'}")
        self.access = Access(self.settings, self.clock)
        self.job = self.alerting(self.access)

    def alerting(self, access: Access) -> Alerting:
        """Return a job that evaluates and delivers nothing."""
        nothing: Any = Nothing()
        counts = AlertCounts(CollectorRegistry())
        return Alerting(access, lambda wake: (nothing, nothing), counts, self.clock)

    def begin_rule(self) -> None:
        """Keep a rule."""
        rule = KeptRule("r1", "alice", self.clock(), given({"type": "price", "above": 1.0}), ())
        self.access.run(lambda storage: storage.add(rule, None))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Return a job over an empty folder."""
    return Stage(tmp_path)


def test_without_keys_nothing_runs(stage: Stage) -> None:
    """Rules belong to keys: without any there are none, and no tick follows."""
    job = stage.alerting(Access(replace(stage.settings, api_keys_file=None), stage.clock))
    job.tick()

    assert job.pause() is None


def test_without_rules_the_job_checks_rarely(stage: Stage) -> None:
    """Without rules, the job checks every five seconds, and at once after `look`."""
    stage.job.tick()
    assert stage.job.pause() == IDLE_LOOK
    stage.clock.advance(2)
    assert stage.job.pause() == IDLE_LOOK - 2
    stage.job.look()
    assert stage.job.pause() == LOOK

    stage.access.run(lambda storage: storage.has_any())
    stage.job.tick()
    assert stage.job.pause() == IDLE_LOOK


def test_with_rules_the_job_checks_each_second(stage: Stage) -> None:
    """With rules, the job checks every second, which renews the lease of the evaluator."""
    stage.begin_rule()
    stage.job.look()
    stage.job.tick()

    assert stage.job.leads
    assert stage.job.pause() == LOOK
    stage.job.stop()
