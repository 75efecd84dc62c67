"""The files of docs/kubernetes are what Kubernetes, KubeRay and Dagster accept, and they fit each other. No cluster is used.

Kubernetes' objects are checked by the models of its Python client, which are generated from its published OpenAPI document; Dagster's
settings by the launcher's own config type; KubeRay's by a copy of its own definition (`kuberay.py`).
"""

from __future__ import annotations

import copy
import importlib.metadata
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import dagster_k8s.launcher
import kubernetes.client
import pytest
import yaml
from dagster._config import process_config, resolve_to_config_type
from dagster._serdes import ConfigurableClassData
from dagster_k8s import K8sRunLauncher
from dagster_k8s.job import construct_dagster_k8s_job
from dagster_k8s.models import k8s_model_from_dict, k8s_snake_case_dict
from jsonschema import Draft202012Validator

import wrapped_assets
from wrapped_assets.definitions import defs
from wrapped_assets.orchestration.instance import SETTINGS
from wrapped_assets_tests.kuberay import COPY, copied, trimmed, written

FOLDER = Path(__file__).parents[1] / "docs" / "kubernetes"
OBJECTS = ("storage", "registry", "network-policy", "ui")
Json = dict[str, Any]


def read(name: str) -> list[Any]:
    return list(yaml.safe_load_all((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


def as_sent(model: Any, content: Json) -> Any:
    """What Kubernetes' client makes of an object; raises for a field that is none."""
    return kubernetes.client.ApiClient().sanitize_for_serialization(k8s_model_from_dict(model, k8s_snake_case_dict(model, content)))


def check_object(content: Json) -> None:
    assert as_sent(getattr(kubernetes.client, f"V1{content['kind']}"), content) == content


def groups(cluster: Json) -> list[Json]:
    return [cluster["spec"]["headGroupSpec"], *cluster["spec"]["workerGroupSpecs"]]


@cache
def start_options() -> frozenset[str]:
    """The options of `ray start`; KubeRay passes rayStartParams as these. A process lists them, so that Ray is not imported here."""
    command = [Path(sys.executable).with_name("ray"), "start", "--help"]
    page = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return frozenset(re.findall(r"^ +--([a-z-]+)", page, re.MULTILINE))


def check_cluster(cluster: Json) -> None:
    Draft202012Validator(copied()).validate(cluster)
    for group in groups(cluster):
        assert as_sent(kubernetes.client.V1PodTemplateSpec, group["template"]) == group["template"]
        assert group["rayStartParams"].keys() <= start_options()


def check_settings(settings: Json) -> None:
    outcome = process_config(resolve_to_config_type(K8sRunLauncher.config_type()), settings["run_launcher"]["config"])
    assert outcome.success, outcome.errors


def check_run(config: Json) -> None:
    dg.validate_run_config(defs.resolve_job_def("retry_failed"), config)


CHECKS = {**dict.fromkeys(OBJECTS, check_object), "raycluster": check_cluster, "dagster": check_settings, "run": check_run}


@pytest.fixture
def pod(monkeypatch: pytest.MonkeyPatch) -> Json:
    """The pod of a run, as the launcher would ask Kubernetes for it."""
    monkeypatch.setattr(dagster_k8s.launcher, "load_kubernetes_config", lambda **_: None)
    stated = read("dagster")[0]["run_launcher"]
    launcher = ConfigurableClassData(stated["module"], stated["class"], yaml.safe_dump(stated["config"])).rehydrate(K8sRunLauncher)
    context = launcher.get_container_context_for_run(dg.DagsterRun(job_name="build"))
    job = construct_dagster_k8s_job(context.get_k8s_job_config(None, launcher), ["dagster"], "run", context.run_k8s_config)
    made: Json = kubernetes.client.ApiClient().sanitize_for_serialization(job)["spec"]["template"]
    return made


def test_every_file_is_checked() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == CHECKS.keys()


@pytest.mark.parametrize("name", CHECKS)
def test_a_file_is_accepted(name: str) -> None:
    for content in read(name):
        CHECKS[name](content)


@pytest.mark.parametrize(
    ("name", "where", "wrong"),
    [
        ("storage", ["spec"], "accessMode"),
        ("storage", ["spec"], "access_modes"),  # which the client accepts and `kubectl apply` does not
        ("registry", [], "stringdata"),
        ("network-policy", ["spec", "ingress", 1], "port"),
        ("ui", ["spec", "template", "spec", "containers", 0], "volumeMount"),
        ("raycluster", ["spec"], "rayversion"),
        ("raycluster", ["spec", "authOptions"], "token"),
        ("raycluster", ["spec", "workerGroupSpecs", 0], "minReplica"),
        ("raycluster", ["spec", "headGroupSpec", "rayStartParams"], "num_cpus"),
        ("raycluster", ["spec", "headGroupSpec", "template", "spec", "containers", 0, "resources"], "limit"),
        ("dagster", ["run_launcher", "config"], "image"),
        ("dagster", ["run_launcher", "config", "run_k8s_config"], "pod_spec"),
        ("run", ["resources", "lake", "config"], "place"),
    ],
)
def test_a_wrong_name_is_refused(name: str, where: list[Any], wrong: str) -> None:
    content = copy.deepcopy(read(name)[-1])
    place = content
    for step in where:
        place = place[step]
    place[wrong] = "1"
    with pytest.raises(Exception, match=wrong):
        CHECKS[name](content)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (["spec", "headGroupSpec"], None),
        (["spec", "workerGroupSpecs", 0, "groupName"], None),
        (["spec", "workerGroupSpecs", 0, "replicas"], "4"),
        (["spec", "authOptions", "mode"], "none"),
        (["spec", "headGroupSpec", "rayStartParams", "num-cpus"], 0),
        (["spec", "headGroupSpec", "template", "spec", "containers", 0, "resources", "limits", "memory"], "2 GiB"),
        (["spec", "headGroupSpec", "template", "spec", "containers", 0, "ports", 0, "containerPort"], "6379"),
        (["spec", "headGroupSpec", "template", "spec", "containers", 0, "name"], None),
        (["spec", "headGroupSpec", "template", "spec", "securityContext", "runAsUser"], "wrapped"),
    ],
)
def test_a_value_that_kuberay_does_not_take_is_refused(where: list[Any], value: object) -> None:
    cluster = read("raycluster")[0]
    *way, last = where
    place = cluster
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    assert not Draft202012Validator(copied()).is_valid(cluster)


def test_the_copy_of_kuberays_definition_is_written_as_it_is_made_and_small() -> None:
    text = COPY.read_text(encoding="utf-8")
    assert text == written(copied())
    assert len(text) < 150_000


def test_the_copy_follows_from_the_published_definition() -> None:
    if not (file := os.environ.get("KUBERAY_CRD")):
        pytest.skip("KUBERAY_CRD names no copy of KubeRay's ray.io_rayclusters.yaml")
    assert trimmed(Path(file)) == copied()


def test_the_pods_of_ray_are_of_this_version_and_the_head_computes_nothing() -> None:
    cluster = read("raycluster")[0]
    head, *workers = groups(cluster)
    assert cluster["spec"]["rayVersion"] == importlib.metadata.version("ray")
    assert head["rayStartParams"]["num-cpus"] == "0"
    assert {worker["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] for worker in workers} == {"2Gi"}
    assert read("run")[0]["resources"]["lake"]["config"] == {
        "on": f"ray://{cluster['metadata']['name']}-head-svc:10001", "workers": sum(worker["replicas"] for worker in workers),
    }  # fmt: skip


def test_all_pods_have_one_image_and_the_data_root_at_one_path(pod: Json) -> None:
    templates = [pod, *(group["template"] for group in groups(read("raycluster")[0])), read("ui")[-1]["spec"]["template"]]
    specs = [template["spec"] for template in templates]
    containers = [container for spec in specs for container in [*spec["containers"], *spec.get("initContainers", [])]]
    assert {container["image"] for container in containers} == {f"registry.example/wrapped-assets:{wrapped_assets.__version__}"}
    claim = read("storage")[0]["metadata"]["name"]
    for spec in specs:
        assert {"name": "root", "persistentVolumeClaim": {"claimName": claim}} in spec["volumes"]
    assert all({"name": "root", "mountPath": "/srv/wrapped"} in container["volumeMounts"] for container in containers)
    secret = {"secretRef": {"name": read("registry")[0]["metadata"]["name"]}}
    assert all(secret in spec["containers"][0]["envFrom"] for spec in specs)


def test_the_policy_lets_runs_reach_the_client_port_and_nobody_else_any(pod: Json) -> None:
    cluster, policy = read("raycluster")[0], read("network-policy")[0]["spec"]
    ray = {"matchLabels": {"ray.io/cluster": cluster["metadata"]["name"]}}
    assert policy["podSelector"] == ray
    assert policy["policyTypes"] == ["Ingress"]
    among_themselves, runs = policy["ingress"]
    assert among_themselves == {"from": [{"podSelector": ray}]}
    assert runs["ports"] == [{"protocol": "TCP", "port": 10001}]
    (source,) = runs["from"]
    assert source["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    token = {"name": cluster["metadata"]["name"], "key": "auth_token", "optional": True}
    assert {"name": "RAY_AUTH_TOKEN", "valueFrom": {"secretKeyRef": token}} in pod["spec"]["containers"][0]["env"]


def test_the_config_of_a_run_in_the_page_on_scale_is_accepted() -> None:
    (stated,) = re.findall(r"```yaml\n(resources:.*?)```", (FOLDER.parent / "scale.md").read_text(encoding="utf-8"), re.DOTALL)
    check_run(yaml.safe_load(stated))


def test_the_settings_differ_from_those_of_the_ui_in_the_launcher_alone() -> None:
    settings = read("dagster")[0]
    assert {**settings, "run_launcher": SETTINGS["run_launcher"]} == SETTINGS
