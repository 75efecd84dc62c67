"""The engine's own code, by stage: what computes, reads and writes cells, and is the same for many assets.

A stage is some modules or definitions of the engine and everything that they reach. Its hash enters every asset whose cells it can
change, so that an edit of the engine is seen like an edit of an insight. It is coarse: an error text inside of a stage counts too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from wrapped_assets.contracts.asset import Declaration
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.known import KNOWN
from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning.definitions import written
from wrapped_assets.planning.loaded import ChangedSource, check_unchanged
from wrapped_assets.planning.names import Place, bound_in, definition_of

PACKAGE = "wrapped_assets"


@dataclass(frozen=True)
class Stage:
    """Part of the engine: modules, or `module:definition`, relative to the package; and which assets' cells it can change."""

    name: str
    code: tuple[str, ...]
    concerns: Callable[[Declaration], bool]


def _reads(*names: str) -> Callable[[Declaration], bool]:
    return lambda declaration: any(read.asset in names for read in declaration.reads)


STAGES = (
    Stage("computing", ("building.evaluate", "building.reuse", "building.unit"), lambda declaration: True),
    Stage("accelerating", ("acceleration.compiled", "acceleration.kept", "acceleration.recent"), lambda declaration: True),
    Stage("reading", ("building.inputs",), lambda declaration: bool(declaration.reads)),
    Stage("writing", ("storage.frame_files:write_frames", "storage.cell_files:write_cells"), lambda declaration: True),
    Stage(
        "landed plays", ("storage.landing:read_landed", "storage.chunks:load_chunks", "listens.clocks:EDGE"),
        _reads("landed_plays", "landed_tracks"),
    ),
    Stage("links", ("building.linking:read_links", "listens.link:with_linked"), _reads("links", "landed_tracks")),
    Stage("listeners", ("storage.registry:listeners_frame", "storage.registry:exclusions_frame"), _reads("listeners", "exclusions")),
    Stage("profiles", ("storage.profiles:profiles_frame",), _reads("profiles")),
    Stage("groups", ("storage.groups:members_frame",), _reads("groups")),
    Stage("catalogue", ("storage.catalogues:files_of", "contracts.known:known_schema"), _reads(*KNOWN)),
)
LINKING = Stage("linking", ("building.linking", "listens.link", "listens.spellings", "listens.known_names"), _reads("links"))
# What stages name and what changes no cell: decisions, records, places, errors; column types, which each declaration has; what links
# are made of, for links count by their content.
_APART = (
    "planning", "contracts", "vocabulary.columns", "building.situate", "building.logics", "building.failures",
    "building.value_laws",
    "building.outside", "building.linking", "building.pin", "building.frozen", "building.playbacks", "storage.damage",
    "storage.transactions", "storage.manifest", "storage.records", "storage.root", "storage.tables", "storage.database",
    "storage.schema", "storage.sweep", "storage.privacy_tables", "storage.tombstones", "storage.later", "storage.reading",
    "storage.chunks",
)  # fmt: skip


def engine_parts(declaration: Declaration, hash_of: Callable[[Stage], str] | None = None) -> dict[str, str]:
    """"engine" and stage → hash, of the stages that can change the asset's cells; by `stage_hash` unless said."""
    hash_of = hash_of or stage_hash
    return {f"engine {stage.name}": hash_of(stage) for stage in STAGES if stage.concerns(declaration)}


def importing(module: str) -> Stage:
    """The code that turns an export into landed plays: the format's module, and what codes and lands its rows."""
    inside = module.removeprefix(f"{PACKAGE}.")
    code = (inside, "listens.code", "building.coding", "storage.landing_writer")
    return Stage(f"importing of {inside}", code, lambda declaration: False)


@cache
def stage_hash(stage: Stage) -> str:
    """One hash over the stage's code, prose apart, as this process runs it."""
    try:
        places = reached(stage)
        check_unchanged(sorted({place.module for place in places}))
    except ChangedSource as changed:
        raise DeclarationError(f"the engine's {stage.name}: {changed}") from None
    return combined(*(written(place).text for place in places))


def modules_of(stage: Stage) -> list[str]:
    """The modules whose code, and the code that they import, decides the stage's hash."""
    beside = STAGES if stage in STAGES else ()
    return sorted({f"{PACKAGE}.{entry.partition(':')[0]}" for each in (stage, *beside) for entry in each.code})


def reached(stage: Stage) -> list[Place]:
    """The stage's definitions and what they reach, without what other stages or no cell depend on."""
    mine = [place for entry in stage.code for place in _entries(stage, entry)]
    beside = [other for other in STAGES if other is not stage] if stage in STAGES else []
    others = {place for other in beside for entry in other.code for place in _entries(other, entry)} - set(mine)
    for place in mine:  # grows
        for one in written(place).references:
            if one not in mine and one not in others and not _is_apart(one.module):
                mine.append(one)
    return mine


def _entries(stage: Stage, entry: str) -> list[Place]:
    module, _, name = entry.partition(":")
    module = f"{PACKAGE}.{module}"
    places = [Place(module, one) for one in ([name] if name else sorted(bound_in(module)))]
    found = [place for place in places if definition_of(place) is not None]
    if not found:
        raise DeclarationError(f"planning/engine.py: the stage {stage.name} names {entry}, which does not exist; name its replacement")
    return found


def _is_apart(module: str) -> bool:
    inside = module.removeprefix(f"{PACKAGE}.")
    return any(inside == one or inside.startswith(f"{one}.") for one in _APART)
