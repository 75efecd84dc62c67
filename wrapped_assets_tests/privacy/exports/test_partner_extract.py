"""Attacks on the partner's rows, and what stops each."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.exports.partner_extract import CLASS, PARTNER_EXTRACT, ROWS
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.privacy.pseudonyms import pseudonyms, wrapping_key
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.privacy.exports.world import Life, World

POLICY = policy_of("partner_extract").policy


def crowd(count: int, *genres: str, prefix: str = "", **life: object) -> dict[str, Life]:
    return {f"{prefix or genres[0]} {number}": Life(genres=genres, **life) for number in range(count)}  # type: ignore[arg-type]


BASE = crowd(12, "rock") | crowd(11, "jazz")


def rows_of(path: Path, lives: Mapping[str, Life], recipient: str = "acme") -> pl.DataFrame:
    tables = World(path / "root", lives).produce(PARTNER_EXTRACT, recipient).tables
    assert not tables[ROWS].height or PARTNER_EXTRACT.faults(tables, POLICY) == []
    return tables[ROWS]


def classes(rows: pl.DataFrame) -> Counter[tuple[str, ...]]:
    return Counter(rows.select(CLASS).iter_rows())


def test_a_row_says_region_age_band_and_main_genre_and_no_more(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, BASE)
    assert rows.columns == ["pseudonym", *CLASS]
    assert classes(rows) == {("Europe", "30–44", "rock"): 12, ("Europe", "30–44", "jazz"): 11}


@pytest.mark.parametrize("column", CLASS)
def test_groups_of_nine_are_dropped_whichever_column_sets_them_apart(tmp_path: Path, column: str) -> None:
    apart = {"region": {"country": "BR"}, "age_band": {"birth_year": 1950}, "top_genre": {}}[column]
    genres = ("folk",) if column == "top_genre" else ("rock",)
    lives = BASE | crowd(9, *genres, prefix="few", **apart) | crowd(10, "jazz", prefix="others", **apart)  # type: ignore[arg-type]
    assert all(count >= 10 for count in classes(rows_of(tmp_path, lives)).values())
    assert rows_of(tmp_path / "again", lives).height in (23, 33)


def test_a_group_that_all_hear_one_genre_is_dropped_for_being_in_it_would_tell(tmp_path: Path) -> None:
    lives = BASE | crowd(40, "samba", country="BR")
    assert set(rows_of(tmp_path, lives)["region"]) == {"Europe"}
    lives |= crowd(10, "rock", prefix="more", country="BR")
    assert set(rows_of(tmp_path / "mixed", lives)["region"]) == {"Americas", "Europe"}


def test_only_who_agreed_to_this_recipient_and_is_known_to_be_grown_up_has_a_row(tmp_path: Path) -> None:
    out = {
        "other": Life(genres=["rock"], purposes=["partner:other", "marketing", "charts"]),
        "child": Life(genres=["rock"], birth_year=2010),
        "ageless": Life(genres=["rock"], birth_year=None),
        "nowhere": Life(genres=["rock"], country=None),
    }
    assert rows_of(tmp_path, BASE | out).height == 23
    assert rows_of(tmp_path / "other", BASE | out, "other").height == 24


def test_a_denied_genre_is_told_nowhere_and_its_listeners_do_not_go_missing(tmp_path: Path) -> None:
    lives = BASE | crowd(15, "Gospel & Worship", "rock", prefix="g") | crowd(15, "children's music", prefix="c")
    rows = rows_of(tmp_path, lives)
    assert classes(rows) == {("Europe", "30–44", "rock"): 27, ("Europe", "30–44", "jazz"): 11}


def test_at_most_twenty_five_genres_are_told(tmp_path: Path) -> None:
    lives = {name: life for number in range(30) for name, life in crowd(11 + number % 3, f"genre {number:02}").items()}
    assert rows_of(tmp_path, lives)["top_genre"].n_unique() == 25


def test_rows_stand_by_pseudonym_which_tells_nothing_of_who_is_where(tmp_path: Path) -> None:
    world = World(tmp_path / "root", BASE)
    found = world.produce(PARTNER_EXTRACT, "acme")
    told = found.tables[ROWS]["pseudonym"].to_list()
    assert told == sorted(told)
    by_listener = [found.subjects[each] for each in sorted(found.subjects)]
    assert told != by_listener


def test_a_dictionary_of_every_name_and_id_finds_no_pseudonym(tmp_path: Path) -> None:
    world = World(tmp_path / "root", BASE)
    told = set(world.produce(PARTNER_EXTRACT, "acme").tables[ROWS]["pseudonym"])
    ids = [world.root.surrogate(name) for name in BASE]
    spelled = [name.encode() for name in BASE] + [str(each).encode() for each in ids] + [each.to_bytes(8, "big") for each in ids]
    guessed = {sha256(each).hexdigest()[:32] for each in spelled}
    guessed |= {hmac.digest(key, each, "sha256")[:16].hex() for each in spelled for key in (b"", b"acme", bytes(32), world.root.key)}
    assert not guessed & told


def test_two_extracts_of_the_same_people_have_no_pseudonym_in_common(tmp_path: Path) -> None:
    world = World(tmp_path / "root", BASE)
    first, second = (world.produce(PARTNER_EXTRACT, recipient).tables[ROWS] for recipient in ("acme", "acme"))
    assert classes(first) == classes(second)
    assert not set(first["pseudonym"]) & set(second["pseudonym"])


def test_what_is_recalled_is_the_listeners_own_row(tmp_path: Path) -> None:
    world = World(tmp_path / "root", BASE | crowd(9, "folk"))
    snapshot = world.snapshot(PARTNER_EXTRACT, "acme")
    found = PARTNER_EXTRACT.produce(snapshot, None)  # type: ignore[arg-type]
    assert set(found.subjects.values()) == set(found.tables[ROWS]["pseudonym"])
    assert found.subjects == pseudonyms(snapshot.key, found.subjects)
    assert set(found.subjects) == {world.root.surrogate(name) for name in BASE}


@pytest.mark.parametrize("given", ["no hex", "00" * 31, "zz" * 32])
def test_a_wrapping_key_of_the_environment_that_is_none_is_said_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:  # fmt: skip
    monkeypatch.setenv("WRAPPED_EXPORT_KEK", given)
    with pytest.raises(InputError, match="64 hex digits") as found:
        wrapping_key(Root.open_or_make(tmp_path / "root"))
    assert given not in str(found.value)


HEX = [f"{number:032x}" for number in range(24)]
GOOD = pl.DataFrame({"pseudonym": HEX, "region": "Asia", "age_band": "45+", "top_genre": ["rock"] * 12 + ["jazz"] * 12})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (GOOD.head(21), "fewer than 10 people share"),
        (GOOD.with_columns(top_genre=pl.lit("rock")), "tells the genre"),
        (GOOD.with_columns(pseudonym=pl.Series([HEX[0], *HEX[:23]])), "pseudonyms must be different"),
        (GOOD.with_columns(pseudonym=pl.format("listener {}", "pseudonym")), "nothing but pseudonyms"),
        (GOOD.reverse(), "order of their pseudonyms"),
        (GOOD.with_columns(region=pl.lit("Porto")), "only the five regions"),
        (GOOD.with_columns(top_genre=pl.col("top_genre").replace("jazz", "christian rock")), "deny list"),
        (GOOD.clear(), "no rows"),
    ],
)
def test_the_check_reads_the_rows_and_trusts_nobody(rows: pl.DataFrame, message: str) -> None:
    assert PARTNER_EXTRACT.faults({ROWS: GOOD}, POLICY) == []
    assert any(message in fault for fault in PARTNER_EXTRACT.faults({ROWS: rows}, POLICY))
