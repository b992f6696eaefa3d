"""Sample requests in several languages."""

import json
from typing import Any
from urllib.parse import urlencode

HOST = "http://localhost:8000"


def samples(
    method: str, path: str, query: dict[str, str], body: Any = None, *, form: str = "json"
) -> list[dict[str, str]]:
    """Return `x-codeSamples`: the request in curl, Python and JavaScript. `form` is `json` or `text`."""
    url = f"{HOST}{path}" + (f"?{urlencode(query, safe=',:[]')}" if query else "")
    sent = None if body is None else json.dumps(body)
    return [
        {"lang": "Shell", "label": "curl", "source": _curl(method, url, sent)},
        {"lang": "Python", "label": "Python", "source": _python(method, path, query, body, form)},
        {"lang": "JavaScript", "label": "JavaScript", "source": _javascript(method, url, sent, form)},
    ]


def _curl(method: str, url: str, sent: str | None) -> str:
    data = f" --json '{sent}'" if sent else ""
    verb = " --request DELETE" if method == "delete" else ""
    return f"curl --fail-with-body --compressed{verb}{data} '{url}'"


def _python(method: str, path: str, query: dict[str, str], body: Any, form: str) -> str:
    arguments = [f'"{HOST}{path}"']
    if query:
        arguments.append(f"params={json.dumps(query)}")
    if body is not None:
        arguments.append(f"json={json.dumps(body)}")
    return (
        "import requests\n\n"
        f"response = requests.{method}({', '.join([*arguments, 'timeout=30'])})\n"
        "response.raise_for_status()\n"
        f"print({'response.json()' if form == 'json' else 'response.text'})"
    )


def _javascript(method: str, url: str, sent: str | None, form: str) -> str:
    other = ', { method: "DELETE" }' if method == "delete" else ""
    options = (
        f', {{\n  method: "POST",\n  headers: {{ "Content-Type": "application/json" }},\n'
        f"  body: JSON.stringify({sent}),\n}}"
        if sent
        else other
    )
    return (
        f'const response = await fetch("{url}"{options});\n'
        "if (!response.ok) throw new Error(`HTTP ${response.status}`);\n"
        f"console.log(await response.{form}());"
    )
