"""What a RayCluster of KubeRay may hold, as far as docs/kubernetes uses it, and the reader of KubeRay's own definition.

No Python package holds KubeRay's definition. FIELDS states names, types and required fields as KubeRay 1.7.0 documents them for `ray.io/v1`
(RayClusterSpec, AuthOptions, HeadGroupSpec, WorkerGroupSpec). To check the file against the whole definition, set KUBERAY_CRD to a
copy of KubeRay's `ray-operator/config/crd/bases/ray.io_rayclusters.yaml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]


def closed(*required: str, **properties: Json) -> Json:
    """The schema of an object that has no other fields."""
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


COUNT: Json = {"type": "integer", "minimum": 0}
TEXT: Json = {"type": "string"}
TEXTS: Json = {"type": "object", "additionalProperties": TEXT}
# The pods' templates are Kubernetes' own.
FIELDS = closed(
    "apiVersion", "kind", "metadata", "spec",
    apiVersion={"const": "ray.io/v1"}, kind={"const": "RayCluster"}, metadata=closed("name", name=TEXT, namespace=TEXT),
    spec=closed(
        "headGroupSpec",
        rayVersion=TEXT,
        authOptions=closed(mode={"enum": ["disabled", "token"]}),
        headGroupSpec=closed("template", rayStartParams=TEXTS, template={"type": "object"}),
        workerGroupSpecs={"type": "array", "items": closed(
            "groupName", "maxReplicas", "minReplicas", "template",
            groupName=TEXT, replicas=COUNT, minReplicas=COUNT, maxReplicas=COUNT, rayStartParams=TEXTS, template={"type": "object"},
        )},
    ),
)  # fmt: skip


def published(file: Path) -> Json:
    """The schema of `ray.io/v1` in KubeRay's definition, which here refuses unknown fields. Kubernetes would drop them and only warn."""
    versions = yaml.safe_load(file.read_text(encoding="utf-8"))["spec"]["versions"]
    schema: Json = next(version["schema"]["openAPIV3Schema"] for version in versions if version["name"] == "v1")
    _close(schema["properties"]["spec"])
    return schema


def _close(schema: Any) -> None:
    if isinstance(schema, dict) and "properties" in schema:
        schema.setdefault("additionalProperties", False)
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []:
        _close(inner)
