"""Versions of a catalogue: whole or nothing, twice is once, newer over older, ids like those of what is heard."""

from __future__ import annotations

import secrets
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wrapped_assets.building.cataloguing import import_catalogue
from wrapped_assets.building.excluding import APART
from wrapped_assets.building.known_rows import identified
from wrapped_assets.catalogue.tracks import tracks
from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.contracts.known import KNOWN, known_schema, named_schema
from wrapped_assets.contracts.source import TRACK_SCHEMA
from wrapped_assets.listens.code import coded_tracks
from wrapped_assets.sources.known.checked import checked
from wrapped_assets.storage import catalogues, known_parts
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.writing import Writer
from wrapped_assets_tests.commands.running import document, run

ONE, TWO = "a74b1b7f-71a5-4011-9441-d0b5e4122711", "f53888c9-8bdc-4cc3-b2ab-ddab6bc5afb7"


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root.open_or_make(tmp_path / "root", 2, bytes(32))


def table(folder: Path, content: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def rows_of(root: Root, asset: str = "sources/known_artists") -> pl.DataFrame:
    return pl.read_parquet(root.path / catalogues.files_of(root, catalogues.newest(root))[asset].path)


def files(root: Root) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((root.path / "catalogue").rglob("*")) if path.is_file()}


def test_twice_is_once(root: Root, tmp_path: Path) -> None:
    path = table(tmp_path, f"artist_name,artist_mbid,country\nBo,{ONE},NO\nCy,,PT\n,,DE\n")
    first = import_catalogue(root, [path])
    before = files(root)
    second = import_catalogue(root, [path])
    assert (first.is_new, second.is_new, second.version) == (True, False, first.version)
    assert files(root) == before
    assert first.rejected == {"missing_name": 1}
    assert pl.read_parquet(root.path / str(first.kept_at)).to_dicts() == [
        {"row_number": 2, "table": "known_artists", "reason": "missing_name", "name": None}
    ]
    assert [version.number for version in catalogues.versions(root)] == [1]


_genres = st.none() | st.lists(st.none() | st.sampled_from(["jazz", "rock", ""]), max_size=2)
_artists = st.tuples(st.sampled_from(["Bo", "Cy"]), st.sampled_from([None, ONE, TWO]), st.sampled_from([None, "NO"]), _genres)
_parents = st.tuples(st.sampled_from(["jazz", "rock"]), st.none(), st.none() | st.lists(st.sampled_from(["a", "b"]), max_size=2))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_artists, min_size=1, max_size=5), st.lists(_parents, max_size=3))
def test_twice_is_once_whatever_the_rows(tmp_path: Path, artists: list[tuple[object, ...]], genres: list[tuple[object, ...]]) -> None:
    """An empty list of a lone row once came back from the second import as null: a new version, and cells computed without cause."""
    root = Root.open_or_make(tmp_path / secrets.token_hex(8), 2, bytes(32))
    of_artists = ["artist_name", "artist_mbid", "country", "genre_names"]
    schemas = {"known_artists": of_artists, "known_genres": list(named_schema("known_genres"))}
    paths = []
    for (name, columns), rows in zip(schemas.items(), (artists, genres), strict=True):
        if rows:
            paths.append(tmp_path / f"{name}.parquet")
            schema = {column: named_schema(name)[column] for column in columns}
            pl.DataFrame(rows, schema=schema, orient="row").write_parquet(paths[-1])
    first = import_catalogue(root, paths)
    assert first.version == import_catalogue(root, paths).version


def test_the_newer_stands_over_the_older_and_what_it_does_not_say_stays(root: Root, tmp_path: Path) -> None:
    import_catalogue(root, [table(tmp_path, f"artist_name,artist_mbid,country,place_name,genre_names\nBo,{ONE},NO,Oslo,jazz\nCy,,PT,,\n")])
    old = catalogues.newest(root)
    report = import_catalogue(root, [table(tmp_path, f"artist_name,artist_mbid,country\nBo!,{ONE},SE\nDi,,DE\n")])
    found = {row["artist_name"]: row for row in rows_of(root).to_dicts()}
    assert set(found) == {"Bo!", "Cy", "Di"}
    assert (found["Bo!"]["country"], found["Bo!"]["place_name"], found["Bo!"]["genre_names"]) == ("SE", "Oslo", ["jazz"])
    assert report.version is not None
    assert (report.version.number, report.version.name == catalogues.newest(root)) == (2, True)
    kept = catalogues.files_of(root, old)["sources/known_artists"]
    assert pl.read_parquet(root.path / kept.path).height == 2  # an edition that is told by it goes on reading it


def test_tables_that_an_import_does_not_speak_of_stay(root: Root, tmp_path: Path) -> None:
    import_catalogue(root, [table(tmp_path, "artist_name,country\nBo,NO\n")])
    before = catalogues.files_of(root, catalogues.newest(root))
    import_catalogue(root, [table(tmp_path, "place_name,inhabitants\nOslo,7\n")])
    after = catalogues.files_of(root, catalogues.newest(root))
    assert after["sources/known_artists"] == before["sources/known_artists"]
    assert set(after) == {"sources/known_artists", "sources/known_places"}


@pytest.mark.parametrize(
    "bad",
    ["nothing,known\n1,2\n", "artist_name,country\n,NO\n", "genre_name,parent_genre_name\na,b\nb,a\n", "place_name,inhabitants,x\na,1,2\n"],
)
def test_an_import_is_whole_or_nothing(root: Root, tmp_path: Path, bad: str) -> None:
    good = table(tmp_path, "artist_name,country\nBo,NO\n", "good.csv")
    import_catalogue(root, [good])
    before, version = files(root), catalogues.newest(root)
    good.write_text("artist_name,country\nBo,SE\n")
    paths = [table(tmp_path, bad, "bad.csv")] if ",NO" in bad else [good, table(tmp_path, bad, "bad.csv")]
    with pytest.raises(InputError):
        import_catalogue(root, paths)
    assert (files(root), catalogues.newest(root)) == (before, version)


def test_a_damaged_archive_changes_nothing(root: Root, tmp_path: Path) -> None:
    import gzip

    whole = gzip.compress(("artist_name,country\n" + "".join(f"artist {n * 7919},NO\n" for n in range(20_000))).encode())
    (tmp_path / "a.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError):
        import_catalogue(root, [tmp_path / "a.csv.gz"])
    assert (files(root), catalogues.newest(root)) == ({}, None)


def test_what_a_killed_import_left_is_swept_by_the_next(root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path, "artist_name,country\nBo,NO\n")
    with monkeypatch.context() as patched:
        patched.setattr(Writer, "insert_new", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            import_catalogue(root, [path])
    (root.path / "catalogue" / ".dead.part").mkdir()
    (root.path / "catalogue" / "artists-orphan.parquet").touch()
    assert catalogues.newest(root) is None
    import_catalogue(root, [path])
    assert [name.partition("-")[0] for name in files(root)] == ["artists"]
    assert "artists-orphan.parquet" not in files(root)


def test_a_damaged_version_is_not_merged_over(root: Root, tmp_path: Path) -> None:
    path = table(tmp_path, "artist_name,country\nBo,NO\n")
    import_catalogue(root, [path])
    ((name, _),) = files(root).items()
    (root.path / "catalogue" / name).write_bytes(b"x")
    with pytest.raises(BuildError):
        import_catalogue(root, [path])


def test_pieces_and_ranges_make_no_difference(root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "recording_name,artist_names,isrc,track_position\n" + "".join(f"song {n % 61},Bo,,{n % 7 + 1}\n" for n in range(200))
    path = table(tmp_path, content)
    whole = import_catalogue(root, [path]).version
    other = Root.open_or_make(tmp_path / "other", 2, bytes(32))
    for name, value in (("ROWS_PER_PART", 30), ("ROWS_PER_RANGE", 20)):
        monkeypatch.setattr(known_parts, name, value)
    monkeypatch.setattr("wrapped_assets.sources.known.tables.BLOCK_BYTES", 300)
    pieces = import_catalogue(other, [path]).version
    assert whole is not None
    assert pieces is not None
    assert (whole.name, files(root)) == (pieces.name, files(other))
    last = {f"song {n % 61}": n % 7 + 1 for n in range(200)}
    assert dict(rows_of(root, "sources/known_recordings").select("recording_name", "track_position").iter_rows()) == last


_WORDS = st.sampled_from(
    ["Eple", "ÉPLE", "e\u0301ple", "(feat. Bo)", "[ft. Cy & Di]", "feat. Bo", " & ", "“x”", "\u200b", "ﬁ", "-", "–", "米", "(live)", "|"]
)
_NAMES = st.lists(_WORDS, min_size=1, max_size=4).map(" ".join)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(_NAMES, st.lists(_NAMES, min_size=1, max_size=3), _NAMES), min_size=1, max_size=6))
def test_what_is_known_has_the_ids_of_what_is_heard(rows: list[tuple[str, list[str], str]]) -> None:
    as_heard = [{"title": title, "artist_names": artists, "release_group_name": group, "media": "music"} for title, artists, group in rows]
    landed = coded_tracks(pl.DataFrame(as_heard, schema=TRACK_SCHEMA))
    heard = tracks(landed.lazy(), APART).collect()
    loose = pl.DataFrame(
        [{"recording_name": title, "artist_names": artists, "release_group_name": group} for title, artists, group in rows],
        schema={"recording_name": pl.String, "artist_names": pl.List(pl.String), "release_group_name": pl.String},
    )
    numbered = loose.with_row_index("row_number").with_columns(pl.col("row_number").cast(pl.Int64))
    recordings = identified("known_recordings", checked("known_recordings", numbered).rows.lazy()).collect()
    by_variant = {row["variant_id"]: row for row in heard.to_dicts()}
    named = [by_variant[row["variant_id"]] for row in landed.to_dicts() if row["recording_name"] is not None and row["artist_names"]]
    assert [(row["recording_id"], row["artist_ids"][0], row["release_group_id"]) for row in named] == [
        (row["recording_id"], row["artist_id"], row["release_group_id"]) for row in recordings.to_dicts()
    ]
    artists = pl.DataFrame({"artist_name": [row["artist_names"][0] for row in named]}, schema={"artist_name": pl.String})
    assert _known("known_artists", artists)["artist_id"].to_list() == [row["artist_ids"][0] for row in named]
    groups = artists.with_columns(release_group_name=pl.Series([row["release_group_name"] for row in named], dtype=pl.String))
    plain = [" feat. " not in row["artist_names"][0].lower() and " ft. " not in row["artist_names"][0].lower() for row in named]
    found = _known("known_release_groups", groups)["release_group_id"].to_list()
    assert [one for one, is_plain in zip(found, plain, strict=True) if is_plain] == [
        row["release_group_id"] for row, is_plain in zip(named, plain, strict=True) if is_plain
    ]


def _known(name: str, given_rows: pl.DataFrame) -> pl.DataFrame:
    empty = [pl.lit(None, dtype).alias(column) for column, dtype in named_schema(name).items() if column not in given_rows.columns]
    return identified(name, given_rows.with_columns(empty).lazy()).collect()


def test_an_id_that_somebody_gave_is_what_a_row_is_known_by() -> None:
    rows = pl.DataFrame({"artist_name": ["Bo", "bo", "BO", "Bo"], "artist_mbid": [ONE, ONE, TWO, None]})
    keys = _known("known_artists", rows)["known_key"].to_list()
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert _known("known_artists", rows)["artist_id"].n_unique() == 1


def test_the_commands_say_what_was_done(tmp_path: Path) -> None:
    data = tmp_path / "root"
    paths = [table(tmp_path, "artist_name,country\nBo,NO\nCy,Norway\n"), table(tmp_path, "- jazz:\n    - bop\n", "tree")]
    done = document(data, "catalogue", "import", *paths)
    assert (done["rows"], done["rejected"]) == ({"known_artists": 1, "known_genres": 2}, {"invalid_country": 1})
    shown = document(data, "catalogue", "show")
    assert (shown["newest"], shown["versions"][0]["tables"]) == (done["version"], {"artists": 1, "genres": 2})
    assert "exists already" in run(data, "catalogue", "import", *paths).stdout
    assert "newest" in run(data, "catalogue", "show").stdout
    run(data, "catalogue", "import", tmp_path / "missing", code=2)


def test_every_table_has_the_columns_that_it_is_said_to_have(root: Root, tmp_path: Path) -> None:
    contents = ("artist_name,country\nBo,NO\n", "release_group_name,artist_name\nx,Bo\n", "recording_name,artist_names\ny,Bo\n",
                "genre_name,parent_genre_name\njazz,\n", "place_name,inhabitants\nOslo,7\n")  # fmt: skip
    import_catalogue(root, [table(tmp_path, content, f"{number}.csv") for number, content in enumerate(contents)])
    found = catalogues.files_of(root, catalogues.newest(root))
    assert set(found) == {f"sources/{name}" for name in KNOWN}
    for asset, file in found.items():
        schema = known_schema(asset.partition("/")[2])
        assert pl.read_parquet_schema(root.path / file.path) == schema
        assert list(file.column_hashes) == list(schema)
        assert file.row_count == 1
