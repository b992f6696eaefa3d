"""Sample requests in several languages."""

import json
from typing import Any
from urllib.parse import urlencode

import msgspec

HOST = "http://localhost:8000"
KEY = "YOUR_KEY"
"""Where a client writes its key."""


class _Request(msgspec.Struct, frozen=True):
    method: str
    path: str
    query: dict[str, str]
    body: Any
    form: str
    keyed: bool

    @property
    def url(self) -> str:
        return f"{HOST}{self.path}" + (f"?{urlencode(self.query, safe=',:[]')}" if self.query else "")

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {KEY}"} if self.keyed else {}


def samples(
    method: str,
    path: str,
    query: dict[str, str],
    body: Any = None,
    *,
    form: str = "json",
    keyed: bool = False,
) -> list[dict[str, str]]:
    """Return `x-codeSamples`: the request in curl, Python and JavaScript.

    `form` is that of the answer, `json` or `text`. A `keyed` request has an API key.
    """
    it = _Request(method, path, query, body, form, keyed)
    return [
        {"lang": "Shell", "label": "curl", "source": _curl(it)},
        {"lang": "Python", "label": "Python", "source": _python(it)},
        {"lang": "JavaScript", "label": "JavaScript", "source": _javascript(it)},
    ]


def _curl(it: _Request) -> str:
    data = "" if it.body is None else f" --json '{json.dumps(it.body)}'"
    usual = "get" if it.body is None else "post"
    verb = "" if it.method == usual else f" --request {it.method.upper()}"
    headers = "".join(f" --header '{name}: {value}'" for name, value in it.headers.items())
    return f"curl --fail-with-body --compressed{verb}{headers}{data} '{it.url}'"


def _python(it: _Request) -> str:
    arguments = [f'"{HOST}{it.path}"']
    if it.query:
        arguments.append(f"params={json.dumps(it.query)}")
    if it.headers:
        arguments.append(f"headers={json.dumps(it.headers)}")
    if it.body is not None:
        arguments.append(f"json={_literal(it.body)}")
    return (
        "import requests\n\n"
        f"response = requests.{it.method}({', '.join([*arguments, 'timeout=30'])})\n"
        "response.raise_for_status()\n"
        f"print({'response.json()' if it.form == 'json' else 'response.text'})"
    )


def _literal(value: Any) -> str:
    """Return a JSON value as Python writes it, with the quotes of JSON."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {_literal(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _javascript(it: _Request) -> str:
    headers = it.headers | ({} if it.body is None else {"Content-Type": "application/json"})
    options = [] if it.method == "get" else [f'method: "{it.method.upper()}"']
    if headers:
        members = ", ".join(f'"{name}": "{value}"' for name, value in headers.items())
        options.append(f"headers: {{ {members} }}")
    if it.body is not None:
        options.append(f"body: JSON.stringify({json.dumps(it.body)})")
    lines = "".join(f"  {option},\n" for option in options)
    return (
        f'const response = await fetch("{it.url}"{f", {{{chr(10)}{lines}}}" if options else ""});\n'
        "if (!response.ok) throw new Error(`HTTP ${response.status}`);\n"
        f"console.log(await response.{it.form}());"
    )
