"""A project with functions that a test wrote: their source stands for the fingerprint, which refuses what is no module of the package."""

from __future__ import annotations

import inspect
from dataclasses import replace

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import Graph, project_graph
from wrapped_assets.planning.declared import declared
from wrapped_assets.planning.fingerprint import logic_parts
from wrapped_assets.storage.root import Root


def project_of(root: Root, graph: Graph) -> Project:
    """The project in a root with this graph, whatever its functions are."""
    known = project_graph().by_key
    project = Project(root, graph)
    project.logic_parts = {}
    for key, found in graph.by_key.items():
        parts = logic_parts(replace(found, function=known[key].function)) if key in known else declared(found)
        is_other = key not in known or found.function is not known[key].function
        project.logic_parts[key] = {**parts, "code": inspect.getsource(found.function)} if is_other else parts
    return project
