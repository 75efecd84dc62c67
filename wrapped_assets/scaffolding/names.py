"""What a new thing may be called: a name that Python, commands and files can carry, and that nothing else has."""

from __future__ import annotations

import builtins
import keyword
import re

from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.exports.all_exports import all_exports
from wrapped_assets.playlists.formats.registry import all_formats
from wrapped_assets.privacy.policy import export_names
from wrapped_assets.sources.known.recognition import all_known_sources
from wrapped_assets.vocabulary.columns import BY_NAME

LONGEST = 40
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_IN_TEMPLATES = {"c", "pl", "draws", "faults", "produce", "read", "row_from", "snapshot", "year", "month", "rules"}


def checked_name(name: str) -> str:
    """The name; InputError where it cannot be one, or something is called so already."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        raise InputError(
            f"{name!r} cannot be a name; expected small letters, digits and single underscores, beginning with a letter, at most {LONGEST} "
            "characters, such as late_nights"
        )
    if keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name):
        raise InputError(f"{name!r} is a word of Python; choose a noun of your own, such as late_nights")
    if name in _IN_TEMPLATES or name.startswith("test_"):
        raise InputError(f"{name!r} has a meaning in the code of this project; choose another name")
    if owner := owners().get(name):
        raise InputError(f"{name!r} is {owner}; choose another name")
    return name


def owners() -> dict[str, str]:
    """Every name that is taken, and what has it."""
    graph = project_graph()
    return {
        **dict.fromkeys(BY_NAME, "a column of the dictionary"),
        **{name: f"the playlist format {name}" for name in all_formats()},
        **{source.name: f"the catalogue format {source.name}" for source in all_known_sources()},
        **{source.name: f"the source {source.name}" for source in all_sources()},
        **{name: f"the export {name}" for name in (*all_exports(), *export_names())},
        **{name: f"the asset {key}" for name, key in graph.keys.items()},
    }
