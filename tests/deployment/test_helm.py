"""The Helm chart: rendered by Helm's engine, and held against the schemas of Kubernetes."""

import copy
import json
import re
from typing import Any

import helm_python
import jsonschema_rs
import kubernetes_validate
import pytest
import yaml

from engine import create_app
from engine.config import Settings, load_settings
from engine.version import VERSION
from tests.deployment.kubernetes import CHART, Manifest, hold, render
from tests.running import ROOT

PRODUCTION: dict[str, Any] = yaml.safe_load((CHART / "examples/production.yaml").read_text())
STORES = {
    "redis": {"url": "redis://redis:6379"},
    "postgresql": {"url": "postgresql+psycopg://engine@db/engine"},
}
ONE_POD = {"persistence": {"enabled": True}, "tiers": {"configMap": {"name": "tiers"}}}
EVERYTHING = {
    **PRODUCTION,
    "alertTargets": {"secret": {"name": "targets"}},
    "imagePullSecrets": ["registry"],
    "serviceAccountName": "engine",
    "podAnnotations": {"a": "b"},
    "podLabels": {"c": "d"},
    "nodeSelector": {"e": "f"},
    "tolerations": [{"key": "g", "operator": "Exists"}],
    "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
}
VALUES = {"defaults": {}, "one pod": ONE_POD, "production": PRODUCTION, "everything": EVERYTHING}
SECRETS = {
    "REDIS_URL": "rediss://:secret@redis:6379",
    "DATABASE_URL": "postgresql+psycopg://engine:secret@db/engine",
    "METRICS_TOKEN": "secret",
    "COINGECKO_API_KEY": "secret",
}


def container(manifests: dict[str, Manifest]) -> dict[str, Any]:
    """Return the engine's container."""
    [engine] = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = engine
    return found


def environment(manifests: dict[str, Manifest]) -> dict[str, str]:
    """Return the environment of the container, with made-up secrets."""
    given = container(manifests)["env"]
    assert len({each["name"] for each in given}) == len(given)
    return {each["name"]: each.get("value", SECRETS.get(each["name"], "")) for each in given}


@pytest.mark.parametrize("values", [{}, ONE_POD, EVERYTHING], ids=["defaults", "one pod", "everything"])
def test_kubernetes_knows_every_field(values: dict[str, Any]) -> None:
    """Every rendered manifest has only fields and values that Kubernetes knows."""
    for manifest in render(values).values():
        hold(manifest)


@pytest.mark.parametrize(
    "values",
    [
        {"persistence": {"enabled": True, "storageClass": "2026"}},
        {"persistence": {"enabled": True, "existingClaim": "2026"}},
        {
            "serviceAccountName": "2026",
            "imagePullSecrets": ["2026"],
            "ingress": {"enabled": True, "host": "a.example", "className": "2026"},
        },
    ],
    ids=["a class", "a claim", "names"],
)
def test_names_may_be_numbers(values: dict[str, Any]) -> None:
    """A name of digits stays a text, also that of the release."""
    for manifest in render(values, "2026").values():
        hold(manifest)


@pytest.mark.parametrize(
    ("kind", "path", "wrong"),
    [
        ("Deployment", "spec.template.spec.containers.0.readinessprobe", {}),
        ("Deployment", "spec.replica", 2),
        ("Deployment", "spec.template.spec.terminationGracePeriodSeconds", "30s"),
        ("HorizontalPodAutoscaler", "spec.minimum", 2),
        ("PodDisruptionBudget", "spec.maxUnavailable", [1]),
        ("Ingress", "spec.rules.0.http.paths.0.pathType", None),
        ("ServiceMonitor", "spec.endpoints.0.every", "15s"),
        ("PrometheusRule", "spec.groups.0.rules.0.after", "1m"),
    ],
)
def test_a_wrong_field_fails(kind: str, path: str, wrong: Any) -> None:
    """A manifest with a field that is misspelt or has another type fails."""
    manifest = copy.deepcopy(render(PRODUCTION)[kind])
    *folders, last = path.split(".")
    place: Any = manifest
    for folder in folders:
        place = place[int(folder)] if folder.isdigit() else place[folder]
    place[last] = wrong

    with pytest.raises((kubernetes_validate.ValidationError, jsonschema_rs.ValidationError)):
        hold(manifest)


def test_helm_finds_nothing_to_say() -> None:
    """`helm lint --strict` is content with the chart."""
    report = helm_python.lint(CHART, PRODUCTION, strict=True)

    assert [message["error"] for message in report["messages"]] == ["icon is recommended"]
    assert report["errors"] == []


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_the_settings_are_valid(values: dict[str, Any]) -> None:
    """The engine starts with the rendered environment, in which each variable is a setting."""
    variables = environment(render(values))
    mounted = {"API_KEYS_FILE", "TIERS_FILE", "ALERT_TARGETS_FILE"}

    settings = load_settings({name: text for name, text in variables.items() if name not in mounted})

    assert settings.workers == 1
    assert settings.cache_type == ("redis" if "REDIS_URL" in variables else "memory")
    assert settings.trusted_proxy_hops == (1 if "ingress" in values else 0)
    assert {name.lower() for name in variables} - {"coingecko_api_key"} <= set(Settings.__dataclass_fields__)


def test_one_release_has_one_version() -> None:
    """The chart and the image that it starts have the engine's version."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())

    assert chart["version"] == chart["appVersion"] == VERSION
    assert container(render({}))["image"] == f"crypto-data-engine:{VERSION}"
    pinned = {"image": {"repository": "a/b", "digest": f"sha256:{'0' * 64}"}}
    assert container(render(pinned))["image"] == f"a/b@sha256:{'0' * 64}"


def test_the_probes_ask_what_there_is() -> None:
    """Restarts depend on the process alone, and traffic on data."""
    engine = container(render({}))
    probes = {name: engine[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    served = {
        str(rule) for rule in create_app(history_enabled=False, catalogue_enabled=False).url_map.iter_rules()
    }

    assert {name: probe["path"] for name, probe in probes.items()} == {
        "startup": "/api/health",
        "liveness": "/api/health",
        "readiness": "/api/health/ready",
    }
    assert {probe["port"] for probe in probes.values()} == {engine["ports"][0]["name"]}
    assert {probe["path"] for probe in probes.values()} <= served


def test_a_pod_may_finish_its_requests() -> None:
    """A pod has time for its last connections, for running requests, and two seconds to spare."""
    [server] = re.findall(r"^graceful_timeout = (\d+)", (ROOT / "gunicorn.conf.py").read_text(), re.M)
    pod = render({})["Deployment"]["spec"]["template"]["spec"]
    first = container(render({}))["lifecycle"]["preStop"]["sleep"]["seconds"]

    assert first >= 5
    assert pod["terminationGracePeriodSeconds"] >= first + int(server) + 2


def test_a_pod_may_do_little() -> None:
    """A pod runs as the image's user without capabilities, and writes only where the image does."""
    pod = render(EVERYTHING)["Deployment"]["spec"]["template"]["spec"]
    engine = container(render(EVERYTHING))
    writable = {each["mountPath"] for each in engine["volumeMounts"] if not each.get("readOnly")}

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 1000
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
    assert engine["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert writable == {"/tmp", "/data"}
    assert engine["resources"]["limits"]["memory"]


def test_every_mount_has_its_volume() -> None:
    """Files come from secrets that the pod's group may read, under the paths of the settings."""
    manifests = render(EVERYTHING | {"tiers": {"configMap": {"name": "tiers"}}})
    volumes = {each["name"]: each for each in manifests["Deployment"]["spec"]["template"]["spec"]["volumes"]}
    mounts = {each["name"]: each["mountPath"] for each in container(manifests)["volumeMounts"]}
    variables = environment(manifests)

    assert set(volumes) == set(mounts)
    assert variables["API_KEYS_FILE"] == f"{mounts['keys']}/keys"
    assert variables["TIERS_FILE"] == f"{mounts['tiers']}/tiers.yml"
    assert variables["ALERT_TARGETS_FILE"] == f"{mounts['targets']}/targets.yml"
    assert volumes["keys"]["secret"] == {"secretName": "engine-keys", "defaultMode": 0o440}


def test_nothing_secret_is_in_a_manifest() -> None:
    """Secrets are references, and a password or key among the values is refused."""
    given = {each["name"]: each for each in container(render(PRODUCTION))["env"]}

    for name in SECRETS:
        assert set(given[name]) == {"name", "valueFrom"}
    assert "Secret" not in render(EVERYTHING)


REFUSED = {
    "several pods need redis": {"replicas": 2},
    "several workers need redis": {"workers": 2},
    "several pods need postgresql": {"replicas": 2, "redis": STORES["redis"]},
    "persistence is for one pod": {**STORES, "replicas": 2, "persistence": {"enabled": True}},
    "autoscaling.min must not exceed": {**STORES, "autoscaling": {"enabled": True, "min": 3, "max": 2}},
    "redis.url and redis.secret": {"redis": {"url": "redis://a", "secret": {"name": "b"}}},
    "postgresql.url and postgresql.secret": {
        "postgresql": {"url": "postgresql+psycopg://a", "secret": {"name": "b"}}
    },
    "in settings and in secretSettings": {
        "settings": {"HTTPS_PROXY": "a"},
        "secretSettings": {"HTTPS_PROXY": {"name": "b", "key": "c"}},
    },
    "needs ingress.host": {"ingress": {"enabled": True}},
    "redis/url": {"redis": {"url": "redis://:password@redis"}},
    "postgresql/url": {"postgresql": {"url": "postgresql+psycopg://engine:password@db/engine"}},
    "/redis/url": {"redis": {"url": "redis://redis:6379?password=secret"}},
    "/postgresql/url": {"postgresql": {"url": "postgresql+psycopg://engine@db/engine?password=secret"}},
    "COINGECKO_API_KEY": {"settings": {"COINGECKO_API_KEY": "password"}},
    "OTEL_EXPORTER_OTLP_HEADERS": {"settings": {"OTEL_EXPORTER_OTLP_HEADERS": "api-key=secret"}},
    "/settings/HTTPS_PROXY": {"settings": {"HTTPS_PROXY": "http://user:secret@proxy:3128"}},
    "/persistence/size": {"persistence": {"size": ""}},
    "WORKERS": {"settings": {"WORKERS": "4"}},
    "REDIS_URL": {"secretSettings": {"REDIS_URL": {"name": "a", "key": "b"}}},
    "settings/HISTORY_MAX_BYTES": {"settings": {"HISTORY_MAX_BYTES": 2147483648}},
    "replica": {"replica": 2},
    "autoscaling": {"autoscaling": {"maximum": 4}},
}


@pytest.mark.parametrize(("reason", "values"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_work_is_refused(reason: str, values: dict[str, Any]) -> None:
    """Values that contradict each other, are misspelt or hold a secret are refused with the reason."""
    with pytest.raises(helm_python.HelmError, match=re.escape(reason)):
        render(values)


def test_pods_are_as_many_as_wanted() -> None:
    """Pods are counted by the values or by load, and only where there are several do some have to stay."""
    one, two, loaded = render({}), render({**STORES, "replicas": 2}), render(PRODUCTION)

    assert one["Deployment"]["spec"]["replicas"] == 1
    assert "PodDisruptionBudget" not in one
    assert two["Deployment"]["spec"]["replicas"] == 2
    assert two["PodDisruptionBudget"]["spec"]["maxUnavailable"] == 1
    assert "replicas" not in loaded["Deployment"]["spec"]
    assert loaded["HorizontalPodAutoscaler"]["spec"]["minReplicas"] == 2
    assert loaded["PodDisruptionBudget"]["spec"]["selector"] == loaded["Deployment"]["spec"]["selector"]


def test_pods_are_spread() -> None:
    """Pods are spread over hosts and zones, and start where there is only one of them."""
    spread = render({})["Deployment"]["spec"]["template"]["spec"]["topologySpreadConstraints"]

    assert [each["topologyKey"] for each in spread] == [
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    ]
    assert {each["whenUnsatisfiable"] for each in spread} == {"ScheduleAnyway"}


def test_a_volume_has_one_pod() -> None:
    """With a volume the old pod ends before the new one starts, and the history stays."""
    manifests = render(ONE_POD)

    assert manifests["Deployment"]["spec"]["strategy"] == {"type": "Recreate"}
    assert manifests["PersistentVolumeClaim"]["metadata"]["annotations"] == {
        "helm.sh/resource-policy": "keep"
    }
    assert "PersistentVolumeClaim" not in render({"persistence": {"enabled": True, "existingClaim": "mine"}})


def test_streams_pass_the_ingress() -> None:
    """An ingress of nginx sends each piece at once and keeps silent streams, and can be told otherwise."""
    prefix = "nginx.ingress.kubernetes.io/"
    changed = copy.deepcopy(PRODUCTION)
    changed["ingress"]["annotations"] = {f"{prefix}proxy-read-timeout": "600"}

    usual = render(PRODUCTION)["Ingress"]["metadata"]["annotations"]
    assert usual[f"{prefix}proxy-buffering"] == "off"
    assert int(usual[f"{prefix}proxy-read-timeout"]) > 20
    assert render(changed)["Ingress"]["metadata"]["annotations"][f"{prefix}proxy-read-timeout"] == "600"
    changed["ingress"]["className"] = "other"
    assert list(render(changed)["Ingress"]["metadata"]["annotations"]) == [f"{prefix}proxy-read-timeout"]


def test_prometheus_finds_the_engine() -> None:
    """The monitor selects the service, sends the token, and gives the job the name that the rules have."""
    manifests = render(PRODUCTION)
    monitor, service = manifests["ServiceMonitor"]["spec"], manifests["Service"]
    rules = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())

    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert service["metadata"]["labels"][monitor["jobLabel"]] == "engine"
    assert monitor["endpoints"][0]["authorization"]["credentials"] == {
        "name": "engine-metrics",
        "key": "token",
    }
    assert manifests["PrometheusRule"]["spec"] == rules
    assert 'job="engine"' in rules["groups"][0]["rules"][0]["expr"]
    dashboard = (ROOT / "deploy/grafana/dashboards/engine.json").read_text()
    assert json.loads(manifests["ConfigMap"]["data"]["engine.json"]) == json.loads(dashboard)


def test_a_release_of_the_same_name_has_one_name() -> None:
    """The resources are named for the release, once."""
    assert render({})["Service"]["metadata"]["name"] == "shop-crypto-data-engine"
    assert render({}, "crypto-data-engine")["Service"]["metadata"]["name"] == "crypto-data-engine"
