"""The examples of docs/clients.md, made for an engine at another address."""

import json
import re
import warnings
from pathlib import Path
from typing import Any

CLIENTS = (Path(__file__).parents[2] / "docs/clients.md").read_text()


def as_documented(client: str, url: str) -> dict[str, Any]:
    """Return the names that the one Python example with the text `client` defines for the engine at `url`."""
    names: dict[str, Any] = {}
    with warnings.catch_warnings():  # what clients import may be deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        exec(_snippet("python", client, url), names)
    return names


def configured(client: str, url: str) -> dict[str, Any]:
    """Return the one JSON example with the text `client`, for the engine at `url`."""
    content: dict[str, Any] = json.loads(_snippet("json", client, url))
    return content


def _snippet(language: str, client: str, url: str) -> str:
    every: list[str] = re.findall(rf"```{language}\n(.*?)```", CLIENTS, re.DOTALL)
    (snippet,) = (each for each in every if client in each)
    return snippet.replace("localhost:8000", url.partition("//")[2])
