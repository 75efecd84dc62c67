"""Published editions are frozen: a later build changes nothing that readers see, one flip goes forward and one back."""

from __future__ import annotations

from datetime import date

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage import publications, registry
from wrapped_assets.storage.root import Root


def bytes_shown(root: Root, year: int) -> dict[str, bytes]:
    edition = publications.live_edition(root, year)
    return {str(cell): (root.path / path).read_bytes() for cell, path in edition.paths.items()} if edition else {}


def move_the_cut_off(root: Root, day: date) -> None:
    registry.set_edition(root, 2025, window_end=day)
    assert build(Project(root)).recomputed


def test_nothing_is_live_before_the_first_publication(small: Root) -> None:
    assert publications.live(small) == {}
    assert publications.live_edition(small, 2025) is None


def test_a_published_edition_keeps_its_bytes_through_later_builds(small: Root) -> None:
    publish_edition(Project(small), 2025)
    shown = bytes_shown(small, 2025)
    assert shown
    move_the_cut_off(small, date(2025, 3, 5))
    assert bytes_shown(small, 2025) == shown
    publish_edition(Project(small), 2025)
    assert bytes_shown(small, 2025) != shown


def test_a_rollback_shows_the_edition_before_and_a_second_one_is_refused(small: Root) -> None:
    publish_edition(Project(small), 2025)
    shown = bytes_shown(small, 2025)
    move_the_cut_off(small, date(2025, 3, 5))
    publish_edition(Project(small), 2025)
    assert publications.rollback(small, 2025).number == 1
    assert bytes_shown(small, 2025) == shown
    with pytest.raises(InputError, match="no earlier publication"):
        publications.rollback(small, 2025)
    assert publications.live(small)[2025].number == 1


def test_a_rollback_never_returns_to_a_publication_that_was_rolled_back_from(small: Root) -> None:
    project = Project(small)
    publish_edition(project, 2025)
    publish_edition(project, 2025)  # 2, which turns out bad
    assert publications.rollback(small, 2025, reason="two artists were one").number == 1
    publish_edition(project, 2025)  # 3, bad too
    assert publications.rollback(small, 2025).number == 1
    assert publications.rolled_back(small) == {2025: [(2, "two artists were one"), (3, None)]}
    with pytest.raises(InputError, match=r"not rolled back from; to return to one of those \(2, 3\), name it with --to"):
        publications.rollback(small, 2025)


def test_a_publication_is_returned_to_by_its_number(small: Root) -> None:
    for _ in range(3):
        publish_edition(Project(small), 2025)
    assert publications.rollback(small, 2025, to=1).number == 1
    assert publications.rollback(small, 2025, to=3).number == 3  # also one that was rolled back from, on purpose
    assert publications.rolled_back(small) == {2025: [(1, None)]}
    for wrong in (3, 4):
        with pytest.raises(InputError, match=rf"another publication of 2025, got {wrong}; there are: 1, 2"):
            publications.rollback(small, 2025, to=wrong)
    with pytest.raises(InputError, match="nothing of it is published"):
        publications.rollback(small, 2024)
    assert publications.live(small)[2025].number == 3


def test_years_are_published_apart(small: Root) -> None:
    publish_edition(Project(small), 2024)
    publish_edition(Project(small), 2025)
    assert set(publications.live(small)) == {2024, 2025}
    assert bytes_shown(small, 2024)
    assert not bytes_shown(small, 2024).keys() & bytes_shown(small, 2025).keys()


def test_stale_cells_and_empty_years_are_not_published(small: Root) -> None:
    registry.set_edition(small, 2025, window_end=date(2025, 3, 5))
    with pytest.raises(InputError, match="stale: run `wrapped build --year 2025`"):
        publish_edition(Project(small), 2025)
    with pytest.raises(InputError, match="no plays in 2031"):
        publish_edition(Project(small), 2031)
    assert publications.live(small) == {}
