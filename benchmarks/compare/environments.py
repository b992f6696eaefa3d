"""The Python that runs a revision: this one, or one with the packages that the revision pins."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINNED = "requirements.txt"
INSTALLED = "installed"
"""The file that says that an environment is complete."""


def pins(tree: Path) -> frozenset[str]:
    """Return the packages that a revision pins for this machine, with their versions."""
    lines = re.findall(r"^(\w[^\\\n#]*==[^\\\n#]*)", (tree / PINNED).read_text(), re.MULTILINE)
    return frozenset(
        f"{canonicalize_name(one.name)}{one.specifier}"
        for one in map(Requirement, lines)
        if one.marker is None or one.marker.evaluate()
    )


def install(python: Path, requirements: Path) -> None:
    """Make an environment with these requirements."""
    subprocess.run([sys.executable, "-m", "venv", python.parent.parent], check=True)
    quiet = ("--quiet", "--disable-pip-version-check")
    subprocess.run([python, "-m", "pip", "install", *quiet, "--requirement", requirements], check=True)


def interpreter(
    base: Path,
    current: Path,
    folder: Path,
    say: Callable[[str], None],
    install: Callable[[Path, Path], None] = install,
) -> Path:
    """Return the Python that runs the base.

    It is this one if both revisions pin the same packages. Otherwise it is one of `folder`, which keeps an
    environment for each set of packages.
    """
    wanted = pins(base)
    if wanted == pins(current):
        return Path(sys.executable)
    digest = sha256("\n".join([sys.version, *sorted(wanted)]).encode()).hexdigest()[:16]
    home = folder / digest
    python = home / "bin" / "python"
    if not (home / INSTALLED).exists():
        say(f"BASE pins other packages: they are installed in {home}")
        shutil.rmtree(home, ignore_errors=True)
        install(python, base / PINNED)
        (home / INSTALLED).touch()
    return python
