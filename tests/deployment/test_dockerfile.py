"""The image: the Dockerfile's rules, and a server that its steps build, start and stop."""

import re
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import pytest
import requests

from engine.version import VERSION
from tests.deployment.dockerfile import Ignore, stages
from tests.deployment.image import Image, NoPackageIndex
from tests.running import ROOT, free_port
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually

STAGES = stages((ROOT / "Dockerfile").read_text())
BUILD, FINAL = STAGES
IGNORE = Ignore((ROOT / ".dockerignore").read_text())
ENDS_WITHIN = 15
NEVER = (
    ".git",
    ".venv",
    "tests",
    ".env",
    ".env.example",
    "benchmarks",
    "docs",
    "deploy",
    "README.md",
    "keys",
)


@dataclass
class Container:
    """A running container."""

    url: str
    process: subprocess.Popen[bytes]
    settings: dict[str, str]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Run every step of the Dockerfile in an empty folder, with packages from the package index."""
    try:
        return Image(tmp_path_factory.mktemp("image"), ROOT).build(STAGES)
    except NoPackageIndex:
        pytest.skip("the package index is out of reach")


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """Yield a stand-in for all providers."""
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def container(image: Image, stand_in: StandIn) -> Iterator[Container]:
    """Start the container and wait until its health check passes."""
    port = free_port()
    settings = {
        **stand_in.base_urls(),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "PROVIDERS_CANDLES": "binance,kraken",
        "CACHE_WARMING_ENABLED": "false",
        "DATA_DIR": f"{image.root / 'data'}",
    }
    process = image.start(FINAL.of("CMD")[0], settings)
    started = Container(f"http://127.0.0.1:{port}", process, settings)
    try:
        eventually(lambda: is_healthy(image, started))
        yield started
    finally:
        stand_in.heal()
        process.kill()
        process.wait(timeout=ENDS_WITHIN)


def is_healthy(image: Image, container: Container) -> bool:
    """Return whether the health check passes."""
    check = image.start(FINAL.of("HEALTHCHECK")[0], container.settings)
    return check.wait(timeout=ENDS_WITHIN) == 0


def test_the_base_is_pinned() -> None:
    """Both stages of the image have the same Python and the same Debian, with versions."""
    assert [stage.base for stage in STAGES] == ["python:3.11-slim-trixie"] * 2


def test_the_process_is_not_root() -> None:
    """The process runs as user 1000, by number, so that an orchestrator can verify it."""
    names = [step.name for step in FINAL.steps]

    assert [step.rest for step in FINAL.of("USER")] == ["1000"]
    assert names.index("USER") < names.index("CMD")
    assert not set(names[names.index("USER") :]) & {"RUN", "COPY"}
    assert any("useradd --uid 1000 " in step.rest for step in FINAL.of("RUN"))
    assert "chown" not in (ROOT / "Dockerfile").read_text()


def test_labels_say_what_the_image_is() -> None:
    """The labels are those of OCI; version, commit, time and source come from the build, with defaults."""
    told = {step.rest.partition("=")[0]: step.rest.partition("=")[2] for step in FINAL.of("ARG")}
    [step] = FINAL.of("LABEL")
    labels = dict(re.findall(r'org\.opencontainers\.image\.([\w.]+)="([^"]+)"', step.rest))

    assert told == {"VERSION": VERSION, "REVISION": "", "CREATED": "", "SOURCE": ""}
    assert {name.upper(): text for name, text in labels.items() if text.startswith("$")} == {
        name: f"${name}" for name in told
    }
    assert labels["base.name"] == f"docker.io/library/{FINAL.base}"
    assert labels["licenses"] == "MIT"


def test_a_new_label_leaves_the_steps_cached() -> None:
    """No step that takes time comes after the arguments of the build, which differ each time."""
    names = [step.name for step in FINAL.steps]

    assert set(names[names.index("ARG") :]) == {"ARG", "LABEL", "CMD"}


def test_signals_reach_the_server() -> None:
    """The server and the health check start without a shell, so that signals reach them."""
    assert FINAL.of("CMD")[0].command[0] == "gunicorn"
    assert FINAL.of("HEALTHCHECK")[0].command[0] == "python"
    assert not FINAL.of("ENTRYPOINT")


def test_nothing_is_compiled_or_fetched_but_pinned_wheels() -> None:
    """Only pinned wheels are installed, in the first stage, without compilers or packages of Debian."""
    commands = [step.rest for stage in STAGES for step in stage.of("RUN")]

    pip = "/opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check"
    uv = "/opt/installer/bin/uv pip install --python /opt/venv/bin/python --compile-bytecode"
    pinned = "--only-binary=:all: --no-binary=flasgger --require-hashes --requirement requirements.txt"
    installer = "--only-binary=:all: --target /opt/installer --require-hashes"
    assert [command for command in commands if "pip " in command] == [
        f"{pip} {installer} --requirement requirements-installer.txt && {uv} {pinned} || {pip} {pinned}"
    ]
    assert [step.rest for step in FINAL.of("COPY") if "--from" in step.rest] == [
        "--from=build /opt/venv /opt/venv"
    ]
    assert not re.search(r"\b(apt|apt-get|curl|wget|gcc)\b", " ".join(commands))
    assert not any(stage.of("ADD") for stage in STAGES)
    assert FINAL.of("EXPOSE")[0].rest == "8000"
    assert FINAL.of("ENV")[0].variables["PORT"] == "8000"


@pytest.mark.parametrize(
    "path", [*NEVER, "engine/__pycache__/a.pyc", "providers/__pycache__", "deploy/a.yml"]
)
def test_what_never_goes_into_an_image(path: str) -> None:
    """History, tests and secrets are hidden from Docker."""
    assert IGNORE.hides(path)


@pytest.mark.parametrize("path", ["engine", "engine/web/api/ohlcv.py", "providers/binance.py", "wsgi.py"])
def test_what_goes_into_the_image(path: str) -> None:
    """The code is visible to Docker."""
    assert not IGNORE.hides(path)


def test_the_image_has_nothing_else(image: Image) -> None:
    """The image has only the code that is copied by name, compiled beforehand."""
    assert sorted(path.name for path in image.workdir.iterdir()) == [
        "engine",
        "gunicorn.conf.py",
        "providers",
        "schemas",
        "wsgi.py",
    ]
    assert list((image.workdir / "engine" / "__pycache__").glob("errors.*.pyc"))
    assert not list((image.root / "opt/venv").rglob("pytest"))
    installed = [path for path in (image.root / "opt").rglob("*") if not path.is_symlink()]
    assert not [path for path in installed if path.name in ("uv", "uvx")]
    assert not [path for path in installed if path.stat().st_mode & 0o002]


def test_uv_installs_the_packages_where_it_can(image: Image) -> None:
    """The packages of the image come by uv, or by pip where pip had to install those of development."""
    [installer] = (image.root / "opt/venv").glob("lib/python3*/site-packages/flask-*/INSTALLER")

    assert installer.read_text() == distribution("flask").read_text("INSTALLER")


def test_what_comes_as_source_has_nothing_to_compile(image: Image) -> None:
    """flasgger, the only source package, installs without a compiler."""
    [flasgger] = (image.root / "opt/venv").glob("lib/python3*/site-packages/flasgger")

    assert not list(flasgger.rglob("*.so"))


def test_the_health_check_can_fail(image: Image) -> None:
    """The health check fails where no server listens."""
    assert not is_healthy(image, Container("", None, {"PORT": str(free_port())}))  # type: ignore[arg-type]


def test_it_serves(container: Container) -> None:
    """The image serves the same answers as a checkout."""
    answer = requests.get(f"{container.url}/api/ohlcv?symbol=BTC", timeout=20).json()

    assert (answer["source"], answer["count"]) == ("binance", 100)
    assert requests.get(f"{container.url}/docs", timeout=20).ok


def test_what_is_no_code_is_in_the_image_too(container: Container) -> None:
    """The image has the pages with their files, and the recorded examples of the document."""
    page = requests.get(container.url, timeout=20).text
    linked = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)
    document = requests.get(f"{container.url}/openapi.json", timeout=20).json()
    good = document["paths"]["/api/ohlcv"]["get"]["responses"]["200"]

    assert len(linked) > 10
    assert all(requests.get(container.url + path, timeout=20).ok for path in linked)
    assert good["content"]["application/json"]["example"]["count"] == 50


def test_docker_of_any_age_can_build_it() -> None:
    """The Dockerfile uses only options that old versions of Docker know."""
    known = {"interval", "timeout", "start-period", "retries"}

    assert set(FINAL.of("HEALTHCHECK")[0].options) <= known
    assert not [step for stage in STAGES for step in stage.of("RUN") if step.rest.startswith("--")]


def test_it_ends_what_it_has_begun(container: Container, stand_in: StandIn) -> None:
    """After SIGTERM, as `docker stop` sends it, a waiting request is answered before the end."""
    stand_in.calls.forget()
    stand_in.fault("binance", Fault("hang"))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(requests.get, f"{container.url}/api/ohlcv?symbol=ETH", timeout=20)
        eventually(lambda: stand_in.calls.count("binance", "/api/v3/klines"))  # not of its list of markets
        container.process.send_signal(signal.SIGTERM)

        assert waiting.result().json()["source"] == "kraken"
    assert container.process.wait(timeout=ENDS_WITHIN) == 0


def test_the_check_is_in_the_image(image: Image, stand_in: StandIn) -> None:
    """`docker run <image> python -m engine check` works."""
    process = subprocess.run(
        ["python", "-m", "engine", "check"],
        cwd=image.workdir,
        env={**image.environment, **stand_in.base_urls()},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert process.returncode == 0, process.stderr
    assert re.search(r"Candles: (\d+) of \1 providers can be reached", process.stdout)


def test_a_file_that_is_not_sent_cannot_be_copied(tmp_path: Path) -> None:
    """A file that the Dockerfile copies and .dockerignore hides is an error, as with Docker."""
    (tmp_path / ".dockerignore").write_text("*\n!engine\n")
    (tmp_path / "wsgi.py").touch()

    with pytest.raises(FileNotFoundError, match=r"wsgi\.py"):
        Image(tmp_path / "image", tmp_path).build(stages("FROM x\nCOPY wsgi.py ./\n"))
