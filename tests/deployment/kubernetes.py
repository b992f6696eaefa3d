"""Render the Helm chart with Helm's own engine, and hold manifests against the schemas of Kubernetes."""

import json
from functools import cache
from typing import Any

import helm_python
import jsonschema_rs
import kubernetes_validate
import yaml

from tests.running import ROOT

CHART = ROOT / "deploy/helm"
RELEASES = ("1.30", "1.37")
"""The oldest release of Kubernetes that the chart allows, and the newest one with schemas."""
LABELS = {"type": "object", "additionalProperties": {"type": "string"}}
SELECTED = {"type": "object", "required": ["matchLabels"], "properties": {"matchLabels": LABELS}}
CREDENTIALS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "key"],
    "properties": {"name": {"type": "string"}, "key": {"type": "string"}},
}
ENDPOINT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["port"],
    "properties": {
        "port": {"type": "string"},
        "path": {"type": "string", "pattern": "^/"},
        "interval": {"type": "string", "pattern": "^[0-9]+(ms|s|m|h)$"},
        "authorization": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"type": {"type": "string"}, "credentials": CREDENTIALS},
        },
    },
}
RULE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["alert", "expr"],
    "properties": {
        "alert": {"type": "string"},
        "expr": {"type": "string"},
        "for": {"type": "string", "pattern": "^[0-9]+(s|m|h)$"},
        "labels": LABELS,
        "annotations": LABELS,
    },
}
GROUP = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "rules"],
    "properties": {"name": {"type": "string"}, "rules": {"type": "array", "items": RULE}},
}
OF_THE_OPERATOR = {
    "ServiceMonitor": {
        "type": "object",
        "additionalProperties": False,
        "required": ["selector", "endpoints"],
        "properties": {
            "jobLabel": {"type": "string"},
            "selector": SELECTED,
            "endpoints": {"type": "array", "items": ENDPOINT, "minItems": 1},
        },
    },
    "PrometheusRule": {
        "type": "object",
        "additionalProperties": False,
        "required": ["groups"],
        "properties": {"groups": {"type": "array", "items": GROUP, "minItems": 1}},
    },
}
"""The used parts of the Prometheus Operator's resources, which are no part of Kubernetes."""

Manifest = dict[str, Any]


@cache
def _chart() -> helm_python.Chart:
    return helm_python.Chart.load(CHART)


@cache
def _rendered(values: str, name: str) -> str:
    files = _chart().render(json.loads(values), name=name, namespace="prod")
    return "\n---\n".join(text for path, text in files.items() if path.endswith(".yaml"))


@cache
def _parsed(text: str) -> list[Manifest]:
    return [each for each in yaml.load_all(text, Loader=yaml.CSafeLoader) if each]


def render(values: dict[str, Any], name: str = "shop") -> dict[str, Manifest]:
    """Return the rendered manifests by kind, to be read only. Raises what Helm raises for refused values."""
    manifests = _parsed(_rendered(json.dumps(values), name))
    return {each["kind"]: each for each in manifests}


def hold(manifest: Manifest) -> None:
    """Raise `ValidationError` for a field that Kubernetes does not know, lacks, or has with another type."""
    if manifest["apiVersion"].startswith("monitoring.coreos.com/"):
        jsonschema_rs.validate(OF_THE_OPERATOR[manifest["kind"]], manifest["spec"])
        return
    for release in RELEASES:
        kubernetes_validate.validate(manifest, release, strict=True)
