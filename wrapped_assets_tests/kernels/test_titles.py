"""What spares work on plain names changes no name."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.kernels import titles

PARTS = (
    "Song", "song", "2011", "Remaster", "remastered", "Live", "feat.", "ft", "Featuring", "with", "duet with", "w/", "The", "the ", "and",
    "&", "&amp;", "(", ")", "[", "]", "{", "（", "）", " - ", " – ", " / ", "|", ",", ";", "x", "official", "video", "vevo", " - topic",
    "from", "pt.", "vol", "Version", "single", "mono", "ß", "é", " ", "  ", "\u3000", "",
)  # fmt: skip
TITLES = st.lists(
    st.one_of(
        st.none(), st.lists(st.sampled_from(PARTS), max_size=7).map(" ".join), st.lists(st.sampled_from(PARTS), max_size=5).map("".join)
    ),
    max_size=8,
)
WORKS: dict[str, Callable[[pl.Expr], list[pl.Expr]]] = {
    "song_key": lambda text: list(titles.song_key(text, text)), "featured_in": lambda text: [titles.featured_in(text)],
    "without_featuring": lambda text: [titles.without_featuring(text)], "without_remaster": lambda text: [titles.without_remaster(text)],
    "without_version": lambda text: [titles.without_version(text)], "without_topic": lambda text: [titles.without_topic(text)],
    "first_credited": lambda text: [titles.first_credited(text)], "names_key": lambda text: [titles.names_key(text)],
}  # fmt: skip


@pytest.mark.parametrize("name", WORKS)
def test_patterns_that_spare_work_change_no_result(name: str) -> None:
    @given(TITLES)
    @settings(max_examples=40, deadline=None)
    def holds(texts: list[str | None]) -> None:
        frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})

        def found() -> list[list[str | None]]:
            return [frame.select(work).to_series().to_list() for work in WORKS[name](pl.col("text"))]

        spared = found()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(titles, "changed_where", lambda text, pattern, change: change(text))
            patch.setattr(titles, "of_each_distinct", lambda text, change: change(text))
            patch.setattr(titles, "_MAY_FEATURE", "")
            assert found() == spared

    holds()
