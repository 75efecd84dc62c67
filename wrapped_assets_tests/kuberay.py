"""What a RayCluster of KubeRay may hold: the reader of KubeRay's definition, and of the copy of it beside this file.

`kuberay_raycluster.json` is made by `trimmed` of `ray-operator/config/crd/bases/ray.io_rayclusters.yaml` of KubeRay 1.7.0
(https://github.com/ray-project/kuberay, Copyright the KubeRay authors, Apache License 2.0, the licence of this repository too). Changed:
it is the schema of `ray.io/v1` alone, without its status, descriptions and rules in CEL; unknown fields are refused, which Kubernetes
would drop with a warning; and the template of pods, which the original holds twice, is there once.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
COPY = Path(__file__).with_name("kuberay_raycluster.json")
_LEFT_OUT = ("description", "x-kubernetes-validations", "x-kubernetes-map-type", "x-kubernetes-list-type", "x-kubernetes-list-map-keys")


def copied() -> Json:
    """The schema of a RayCluster, as this repository keeps it."""
    found: Json = json.loads(COPY.read_text(encoding="utf-8"))
    return found


def trimmed(file: Path) -> Json:
    """The same, made of KubeRay's own file."""
    versions = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["spec"]["versions"]
    schema = _trimmed(next(version["schema"]["openAPIV3Schema"] for version in versions if version["name"] == "v1"))
    del schema["properties"]["status"]
    spec = schema["properties"]["spec"]["properties"]
    groups = spec["headGroupSpec"], spec["workerGroupSpecs"]["items"]
    (template,) = {json.dumps(group["properties"]["template"]) for group in groups}
    for group in groups:
        group["properties"]["template"] = {"$ref": "#/$defs/template"}
    return {**schema, "additionalProperties": False, "$defs": {"template": json.loads(template)}}


def written(schema: Json) -> str:
    """The text of the copy: a line for each field of the cluster's `spec`, and for each of its pods' `spec`."""
    text = json.dumps(schema, sort_keys=True, separators=(",", ":"))
    for place in (schema["properties"]["spec"], schema["$defs"]["template"]["properties"]["spec"]):
        for name, field in place["properties"].items():
            one = json.dumps({name: field}, sort_keys=True, separators=(",", ":"))[1:-1]
            text = text.replace(one, "\n" + one, 1)
    return text + "\n"


def _trimmed(schema: Any) -> Any:
    """A part of a schema without what no check here reads. An object whose fields are listed has no others."""
    if isinstance(schema, list):
        return [_trimmed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _trimmed(each) for name, each in schema.items() if name not in _LEFT_OUT or isinstance(each, dict)}
    if isinstance(found.get("properties"), dict) and "x-kubernetes-preserve-unknown-fields" not in found:
        found.setdefault("additionalProperties", False)
    return found
