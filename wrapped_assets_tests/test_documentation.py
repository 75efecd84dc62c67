"""The generated pages are fresh, and nothing that is public is missing in them."""

from __future__ import annotations

import pytest

from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.documentation.pages import COMMAND, FOLDER, pages
from wrapped_assets.documentation.processing import processing_page
from wrapped_assets.documentation.tables import CLASSES
from wrapped_assets.privacy.policy import export_names
from wrapped_assets.storage.responsible import Controller
from wrapped_assets.vocabulary.columns import BY_NAME
from wrapped_assets.vocabulary.purposes import PURPOSES


@pytest.mark.parametrize("name", ["insights.md", "columns.md", "privacy.md", "processing.md"])
def test_a_generated_page_is_fresh(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name], f"run `{COMMAND}` and commit docs/{name}"


def test_every_insight_and_playlist_has_its_heading() -> None:
    text = pages()["insights.md"]
    for asset in project_graph().by_key.values():
        if asset.layer in ("insights", "playlists", "population"):
            assert f"### {asset.name}\n" in text


def test_every_column_has_its_heading() -> None:
    text = pages()["columns.md"]
    assert all(f"## {name}\n" in text for name in BY_NAME)


def test_the_page_on_privacy_has_every_purpose_and_every_export() -> None:
    text = pages()["privacy.md"]
    assert not [name for name in (*PURPOSES, "partner:RECIPIENT") if f"| `{name}` |" not in text]
    assert not [name for name in export_names() if f"| `{name}` |" not in text]


def test_the_record_of_processing_has_every_purpose_every_export_and_every_class() -> None:
    text = pages()["processing.md"]
    assert not [name for name in (*PURPOSES, "partner:RECIPIENT", *export_names(), *CLASSES) if f"`{name}`" not in text]
    named = processing_page(Controller("Radio Example", "privacy@radio.example"))
    assert "* Controller: Radio Example\n* Contact: privacy@radio.example\n" in named
    assert len(named.splitlines()) == len(text.splitlines())
