"""Every generated page of docs/: written by `wrapped docs`, compared by `wrapped docs --check` and by the tests."""

from __future__ import annotations

from pathlib import Path

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.graph import Graph, project_graph
from wrapped_assets.documentation.columns import columns_page
from wrapped_assets.documentation.insights import insights_page
from wrapped_assets.documentation.privacy import filled
from wrapped_assets.documentation.processing import processing_page
from wrapped_assets.storage.whole_files import write_whole

FOLDER = Path(__file__).parents[2] / "docs"
COMMAND = "wrapped docs"


def pages(folder: Path | None = None, graph: Graph | None = None) -> dict[str, str]:
    """File name → text as it should be. Of privacy.md only the tables are generated; InputError where the folder does not have it."""
    folder, known = folder or FOLDER, graph or project_graph()
    try:
        by_hand = (folder / "privacy.md").read_text(encoding="utf-8")
    except OSError:
        raise InputError(f"found no privacy.md in {folder.name}/: the docs are part of a checkout, so install one with `./start`") from None
    written = {"insights.md": insights_page(known), "columns.md": columns_page(known)}
    return {**written, "privacy.md": filled(by_hand), "processing.md": processing_page()}


def stale_pages(folder: Path | None = None) -> list[str]:
    """The pages that differ from what they should be, or are missing."""
    return [name for name, text in pages(folder).items() if _read((folder or FOLDER) / name) != text]


def write_pages(folder: Path | None = None) -> list[str]:
    """Writes the stale pages, each whole or not at all; returns their names."""
    stale, written = stale_pages(folder), pages(folder)
    for name in stale:
        path = (folder or FOLDER) / name
        write_whole(path, written[name].encode())
        path.chmod(0o644)
    return stale


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
