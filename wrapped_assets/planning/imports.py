"""What code that decides a number may import: things on the list, and what lower rooms of the package define."""

from __future__ import annotations

import ast

from wrapped_assets.planning.allowed import imports_from, refused_attribute, refused_in_library, refused_name
from wrapped_assets.planning.expressions import refused
from wrapped_assets.planning.names import Library, Place, Whole, found, imported
from wrapped_assets.planning.tops import check_hides_no_module

_FIRST_ROOMS = ("vocabulary", "kernels", "contracts", "catalogue", "listens", "aggregates", "insights", "playlists")


def check_import(module: str, node: ast.Import | ast.ImportFrom) -> None:
    """DeclarationError where a statement imports what code that decides a number may not use, by whatever modules it is handed on."""
    for alias, (local, target) in zip(node.names, imported(node, module).items(), strict=False):
        if alias.name == "*":
            raise refused(module, node, "`import *`", "import each name")
        if isinstance(target, Library):
            library, name = (alias.name, "*") if isinstance(node, ast.Import) else (node.module or "", alias.name)
            names = imports_from(library)
            if isinstance(node, ast.Import) and names and (alias.asname or "." not in library):
                continue
            is_private = name.startswith("_")
            if not names or (name != "*" and (is_private or refused_in_library(library, name) or refused_attribute(name))):
                what = f"the import of {library if name == '*' else f'{library}.{name}'}"
                raise refused(module, node, what, "use what docs/recompute.md allows")
        elif isinstance(target, Place) and found(module, local) is None:
            what = f"an import of {alias.name!r}, which {target.module} does not define,"
            raise refused(module, node, what, "import what is defined")
        else:
            handed_on = found(module, local)
            if isinstance(handed_on, Library) and (why := refused_name(handed_on.name)):
                raise refused(module, node, f"{handed_on.name}, which {target.module} hands on,", why)
            if isinstance(node, ast.ImportFrom) and isinstance(target, Whole):
                check_hides_no_module(target.module.rpartition(".")[0])
            room = target.module.split(".")
            if len(room) > 2 and room[0] == "wrapped_assets" and room[1] not in _FIRST_ROOMS:
                what = f"an import from {target.module}"
                raise refused(module, node, what, "use kernels, vocabulary, or pass the value as a parameter")
