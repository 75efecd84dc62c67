"""The search after an erasure finds a listener in whatever form a file has, and says what it could not look into."""

from __future__ import annotations

import bz2
import csv
import gzip
import html
import io
import json
import lzma
import sqlite3
import tarfile
import unicodedata
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

import brotli
import polars as pl
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.rights.needles import Needles, Search, phrase_of
from wrapped_assets.rights.residue import Residue, ordinary, residue_of
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.terminal import story_text
from wrapped_assets_tests.stories.fictional import fictional

ID = 4_611_686_018_427_387_111
BO = Needles(ID, "bo", ("0f" * 16,), frozenset({"Only His Song", "Hi"}), frozenset({"Only His Song"}))
ZOE = Needles(ID, "Zoë O'Neil")


def searched(folder: Path, *people: Needles, words: tuple[str, ...] = ()) -> Residue:
    return residue_of(Search(people or (BO,), words), [folder])


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def tarred(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def parquet(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def zstandard(content: bytes) -> bytes:
    stream = pa.BufferOutputStream()
    with pa.CompressedOutputStream(stream, "zstd") as file:
        file.write(content)
    return stream.getvalue().to_pybytes()


TEXT = b"#EXTINF:10,a song of bo\n"
FORMS: dict[str, bytes] = {
    "pages/top.m3u8": TEXT,
    "pages/page.html": b"<p>hello <b>bo</b></p>",
    "pages/list.json": json.dumps({"song": "Only His Song"}).encode(),
    "pages/digits.log": f"listener={ID}".encode(),
    "pages/eight.bin": b"\0\1" + ID.to_bytes(8, "little"),
    "pages/pseudonym.csv": b"id,region\n" + b"0f" * 16 + b",west\n",
    "pages/utf16.csv": "bo;1".encode("utf-16"),
    "own.zip": zipped("data/profile.json", b'{"name": "bo"}'),
    "deep.zip": zipped("inner.tar", tarred("x.gz", gzip.compress(TEXT))),
    "named.zip": zipped("bo/profile.json", b"{}"),
    "a.gz": gzip.compress(TEXT), "a.zst": zstandard(TEXT), "a.bz2": bz2.compress(TEXT), "a.xz": lzma.compress(TEXT),
    "renamed.dat": gzip.compress(TEXT),
    "strange.parquet": parquet(pl.DataFrame({"who": ["nobody", "bo"]})),
    "nested.parquet": parquet(pl.DataFrame({"x": [[{"deep": ID}]]})),
    "texts.parquet": parquet(pl.DataFrame({"recording_name": ["Hi"]})),
    "column.parquet": parquet(pl.DataFrame({"ana": [0.1], "bo": [0.9]})),
    "page.zip": zipped("p.en.html.br", brotli.compress(b"<p>the year of bo and of others</p>" * 3)),
    "program.exe": b"MZ\0\0" + zipped("x.txt", TEXT),
    "beside-nothing-journal": b"bo wrote a journal", "notes-wal": TEXT,
    "packed.zip": zipped("x.parquet", parquet(pl.DataFrame({"friend": [ID]}))),
    "stories/bo-2025.html": b"<p>a page</p>",
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_listener_is_found_in_every_form(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(FORMS[name])
    (found,) = searched(tmp_path).hits
    assert found.partition("!")[0] == name


def test_what_catalogue_tables_are_looked_up_by_is_searched_unless_it_is_as_it_was_made(tmp_path: Path) -> None:
    """It unpacks public tables, in which an artist may be called as a listener is; the tables themselves are searched by value."""
    (tmp_path / "catalogue/lookups").mkdir(parents=True)
    made = tmp_path / f"catalogue/lookups/artists-0-rows-{xxhash.xxh3_128_hexdigest(TEXT)}.arrow"
    made.write_bytes(TEXT)
    assert searched(tmp_path).hits == []
    (made.parent / "put-there.arrow").write_bytes(TEXT)
    made.write_bytes(TEXT * 2)
    assert searched(tmp_path).hits == sorted([f"catalogue/lookups/{name}" for name in (made.name, "put-there.arrow")])


def test_a_name_is_a_word_by_the_rules_of_the_script_that_it_stands_in(tmp_path: Path) -> None:
    (tmp_path / "ja.html").write_text("boさんの一年")
    (tmp_path / "es.html").write_text("mañana, limbo")
    assert searched(tmp_path).hits == ["ja.html"]
    assert searched(tmp_path, Needles(ID, "ana")).hits == []
    assert searched(tmp_path, Needles(ID, "一年")).hits == ["ja.html"]


INNOCENT: dict[str, bytes] = {
    "a.html": b"<p>a bowl, a limbo, Bo</p>", "b.csv": b"boat,abo\n", "c.parquet": parquet(pl.DataFrame({"recording_name": ["bo"]})),
    "d.json": json.dumps({"song": "Not Only His Songs", "n": ID + 1}).encode(), "e.zip": zipped("x", b"boxes"),
}  # fmt: skip


@pytest.mark.parametrize("name", INNOCENT)
def test_what_only_looks_like_a_short_name_is_not_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(INNOCENT[name])
    assert searched(tmp_path).hits == []


@pytest.mark.parametrize(
    "text",
    ["Zoë O'Neil", "Zoe\u0308 O'Neil", json.dumps("Zoë O'Neil"), "Zo&euml; O&#39;Neil", "Zoë O&#x27;Neil", "name=Zo%C3%AB%20O%27Neil"],
)
def test_a_name_is_found_however_it_is_escaped(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.txt").write_text(f"<li>{text}</li>")
    assert searched(tmp_path, ZOE).hits == ["page.txt"]


QUOTED = """Zoë "O'Neil" AC\\DC/🎵"""  # what each form writes otherwise


def as_csv(name: str) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerow([1, name])
    return stream.getvalue()


WRITTEN = {
    "json": json.dumps(QUOTED), "json in letters": json.dumps(QUOTED, ensure_ascii=False), "python": ascii(QUOTED), "csv": as_csv(QUOTED),
    "json with slashes": json.dumps(QUOTED).replace("/", "\\/"), "html": html.escape(QUOTED),
    "address": f"/search/{quote(QUOTED, safe='')}",
    "sql": "insert into t values ('" + QUOTED.replace("'", "''") + "')", "form": urlencode({"name": QUOTED, "n": "1"}),
    "html twice": html.escape(html.escape(QUOTED)), "json in json": json.dumps(json.dumps({"name": QUOTED})),
    "json in html": html.escape(json.dumps({"name": QUOTED})), "json in an address": quote(json.dumps({"name": QUOTED})),
    "an address in html": html.escape(f"?name={quote(QUOTED, safe='')}&n=1"), "address in an address": quote(quote(QUOTED)),
    "after a line": json.dumps(f"of\n{QUOTED}"),
}  # fmt: skip


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("is_in_a_table", [False, True])
def test_a_name_is_found_in_every_form_that_software_writes_it_in(tmp_path: Path, form: str, is_in_a_table: bool) -> None:
    (tmp_path / "a.dat").write_bytes(parquet(pl.DataFrame({"note": [WRITTEN[form]]})) if is_in_a_table else WRITTEN[form].encode())
    assert searched(tmp_path, Needles(ID, QUOTED)).hits == ["a.dat"]


def test_a_form_without_escapes_has_its_spaces_too(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text("GET /?q=Ann+Smith&n=1")
    assert searched(tmp_path, Needles(ID, "Ann Smith")).hits == ["access.log"]


@pytest.mark.parametrize("name", ["김민수", "Zoë", "\u212bke"])  # the last one has another character in form C
@pytest.mark.parametrize("ending", ["parquet", "txt"])
def test_a_name_in_another_unicode_form_is_found(tmp_path: Path, name: str, ending: str) -> None:
    for form in ("NFC", "NFD"):
        written = unicodedata.normalize(form, name)
        for text in {written, name}:
            (tmp_path / f"a.{ending}").write_bytes(parquet(pl.DataFrame({"who": [text]})) if ending == "parquet" else text.encode())
            assert searched(tmp_path, Needles(ID, written)).hits == [f"a.{ending}"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("length", [100, (5 << 20) // 4])
def test_a_short_name_in_wide_characters_is_found_in_each_piece(tmp_path: Path, encoding: str, length: int) -> None:
    (tmp_path / "wide.csv").write_bytes(f"\ufeff{'x ' * length}bo;1".encode(encoding))
    assert searched(tmp_path).hits == ["wide.csv"]
    if encoding.startswith("utf-16"):  # which many write without its mark
        (tmp_path / "wide.csv").write_bytes(f"{'x ' * length}bo;1".encode(encoding))
        assert searched(tmp_path).hits == ["wide.csv"]


def test_a_name_in_a_western_code_page_is_found(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes("1;Zoë O'Neil".encode("cp1252"))
    assert searched(tmp_path, ZOE).hits == ["old.csv"]


def test_an_archive_that_is_not_unpacked_is_listed(tmp_path: Path) -> None:
    (tmp_path / "a.7z").write_bytes(b"7z\xbc\xaf\x27\x1c\0\4" + bytes(range(100)))
    assert searched(tmp_path, ZOE).opaque == {"a.7z": "packed in a form that is not unpacked"}


def test_a_file_is_searched_as_each_of_its_names_asks(tmp_path: Path) -> None:
    page = brotli.compress(b"<p>the year of bo and of others</p>" * 3)
    (tmp_path / "a.dat").write_bytes(page)
    (tmp_path / "b.br").hardlink_to(tmp_path / "a.dat")
    assert searched(tmp_path).hits == ["b.br!unpacked"]
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "list.txt").write_text("music of bo")
    (tmp_path / "zz").mkdir()
    (tmp_path / "zz" / "list.txt").hardlink_to(tmp_path / "site" / "list.txt")
    assert residue_of(Search((BO,), music=frozenset({"bo"})), [tmp_path]).hits == ["b.br!unpacked", "zz/list.txt"]


@pytest.mark.parametrize("name", ["Ann\t Smith", "Ann\u202e Smith", "  Ann\u2028Smith ", f"Ann {'of Many Names ' * 12}"])
def test_a_name_is_found_as_pages_show_it(tmp_path: Path, name: str) -> None:
    others = fictional().insights | {"similar_listeners": [{"similar_listener_name": name, "similarity_share": 0.8}]}
    (tmp_path / "page.html").write_text(story_html(replace(fictional(), listener=name), "../faces"))
    (tmp_path / "text.txt").write_text(story_text(replace(fictional(), listener=name)))
    (tmp_path / "theirs.html").write_text(story_html(replace(fictional(), insights=others), "../faces"))
    assert searched(tmp_path, Needles(ID, name)).hits == ["page.html", "text.txt", "theirs.html"]


def test_whom_a_tar_names_in_its_headers_is_found(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("latest")
        info.type, info.linkname, info.pax_headers = tarfile.SYMTYPE, "stories/bo.html", {"comment": "x"}
        archive.addfile(info)
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(stream.getvalue()))
    assert searched(tmp_path).hits == ["a.tar.gz!unpacked!latest (name)"]


def test_the_name_of_a_link_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "of-bo.html").symlink_to(tmp_path / "nowhere")
    assert searched(tmp_path).hits == ["of-bo.html"]


def test_a_name_at_the_border_of_two_pieces_of_a_large_text_is_found(tmp_path: Path) -> None:
    for before in ((4 << 20) - 5, (4 << 20) - 1, 4 << 20):
        (tmp_path / "large.txt").write_text(" " * before + "Zoë O'Neil" + " " * 100)
        assert searched(tmp_path, ZOE).hits == ["large.txt"]


def database(path: Path, *statements: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in ("pragma secure_delete=off", "create table t (who text, n integer, raw blob, j text)", *statements):
        connection.execute(statement)
    return connection


@pytest.mark.parametrize(
    "row",
    ["('bo', 0, null, null)", f"(null, {ID}, null, null)", f"(null, 0, x'{ID.to_bytes(8, 'little').hex()}', null)",
     "(null, 0, null, '{\"x\": \"of bo\"}')"],
    ids=["text", "number", "bytes", "inside a text"],
)  # fmt: skip
def test_a_value_of_a_database_is_found_and_its_column_named(tmp_path: Path, row: str) -> None:
    database(tmp_path / "notes.db", f"insert into t values {row}").close()
    (found,) = searched(tmp_path).hits
    assert found.startswith("notes.db (t.")


def test_what_deleted_rows_left_in_free_pages_is_compacted_away(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    numbers = "with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 2000)"
    many = f"{numbers} insert into t select 'Planted Person ' || n, 0, null, null from numbers"
    database(path, many, "insert into t values ('another', 1, null, null)", "delete from t where who like 'Planted%'").close()
    assert b"Planted Person" in path.read_bytes()
    assert searched(tmp_path, Needles(ID, "Planted Person")).hits == []
    assert b"Planted Person" not in path.read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select who from t").fetchall() == [("another",)]


def test_what_a_journal_still_holds_is_found_or_gone(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    connection = database(path, "pragma journal_mode=wal", "insert into t values ('Planted Person', 1, null, null)", "delete from t")
    assert b"Planted Person" in path.with_name("notes.db-wal").read_bytes()
    assert searched(tmp_path, Needles(ID, "Planted Person")).hits == []
    assert not any(b"Planted Person" in each.read_bytes() for each in tmp_path.iterdir())
    connection.close()


def test_a_database_that_cannot_be_compacted_is_a_hit(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    database(path, "insert into t values ('Planted Person', 1, null, null)", "delete from t").close()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer, pytest.MonkeyPatch.context() as patch:
        real = sqlite3.connect
        patch.setattr(sqlite3, "connect", lambda *given, **named: real(*given, **{**named, "timeout": 0.1}))
        writer.execute("begin exclusive")
        found = searched(tmp_path, Needles(ID, "Planted Person")).hits
        writer.execute("rollback")
    assert found
    assert found[0].startswith("notes.db (")


def test_what_cannot_be_looked_into_is_listed(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(zipped("x", TEXT * 50)[:60])
    (tmp_path / "broken.parquet").write_bytes(b"PAR1" + bytes(50))
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (tmp_path / "strange.bin").write_bytes(bytes(50))
    found = searched(tmp_path)
    assert found.hits == []
    assert {name: why.split(":")[0] for name, why in found.opaque.items()} == {
        "broken.zip": "damaged archive", "broken.parquet": "damaged Parquet file", "strange.bin": "not a text",
    }  # fmt: skip
    assert found.pictures == 1


def test_a_name_that_is_a_word_of_the_program_is_left_to_a_person_to_look_at(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("listens of home")
    words = ordinary(["listens", "bo", "ana", "dee", "Zoë", "home"], Path("data/home"))
    assert words == {"listens", "home"}
    found = residue_of(Search((Needles(ID, "home"),), words), [tmp_path])
    assert (found.hits, found.doubtful) == ([], ["a.log"])


def test_one_search_finds_everybody_of_a_batch(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("bo")
    (tmp_path / "b.txt").write_text("Zoë O'Neil")
    assert searched(tmp_path, BO, ZOE).hits == ["a.txt", "b.txt"]


def test_many_files_are_searched_by_few_searches_and_each_that_holds_something_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(400):
        text = f"<p>number {number}{' of bo' if number % 100 == 7 else ''}{' %62%6F' if number == 9 else ''}</p>".encode()
        (tmp_path / f"{number:03}.html.gz").write_bytes(gzip.compress(text))
        (tmp_path / f"{number:03}.bin").write_bytes(b"\0" + number.to_bytes(8) + (ID.to_bytes(8, "little") if number == 300 else b""))
    searches, holding = list[int](), Search.holding
    monkeypatch.setattr(Search, "holding", lambda self, texts: searches.append(len(texts)) or holding(self, texts))
    found = searched(tmp_path, BO)
    assert found.hits == [*(f"{number:03}.html.gz!unpacked" for number in (7, 9, 107, 207)), "300.bin", "307.html.gz!unpacked"]
    assert found.files == 800
    assert len(searches) < 10


@given(st.lists(st.text("boa &%é\u0301\\u0062;#x", max_size=12), max_size=12))
def test_texts_that_are_searched_together_hold_what_each_holds_alone(texts: list[str]) -> None:
    search = Search((Needles(ID, "bo"), Needles(ID, "aé b")))
    assert search.holding(texts) == {place for place, text in enumerate(texts) if search.in_text(text)}
    contents = [text.encode("utf-16-le") for text in texts]
    long = Search((Needles(ID, "ab oab"),))
    assert long.holding_bytes(contents) == {place for place, content in enumerate(contents) if long.in_bytes(content)}


def test_a_file_of_several_names_is_searched_once_and_each_of_its_names_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("nobody")
    (tmp_path / "of bo.txt").hardlink_to(tmp_path / "a.txt")
    found = searched(tmp_path)
    assert (found.files, found.hits) == (1, ["of bo.txt"])


def test_the_same_content_is_named_wherever_it_lies(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("a song of bo")
    (tmp_path / "c.gz").write_bytes(gzip.compress(b"a song of bo") + gzip.compress(b" and more"))
    (tmp_path / "d.gz").write_bytes(gzip.compress(b"a song of bo"))
    assert searched(tmp_path).hits == ["a.txt", "b.txt", "c.gz!unpacked", "d.gz!unpacked"]


def test_what_a_target_has_to_lose_is_no_trace_and_everything_else_there_is(tmp_path: Path) -> None:
    for name in ("uploads", "index"):
        (tmp_path / "site" / "2025" / "1" / name).mkdir(parents=True)
        (tmp_path / "site" / "2025" / "1" / name / "0.json").write_text(json.dumps({"objects": ["2025/1/" + "0f" * 16 + ".en.html"]}))
    assert searched(tmp_path).hits == ["site/2025/1/index/0.json"]
    (tmp_path / "site" / "2025" / "1" / "uploads" / "0.json").write_text(json.dumps({"name": "bo"}))
    assert len(searched(tmp_path).hits) == 2



@pytest.mark.parametrize(
    ("title", "phrase"),
    [
        ("eple", None), ("only hers", "only hers"), ("x" * 300, "x" * 300), ("x" * 301, None), ("x" * 10_000, None),
        ("a long one " * 1000, "a long one " * 27 + "a"), ("short " + "x" * 10_000, None), ("longer one " + "x" * 10_000, "longer one"),
    ],
)  # fmt: skip
def test_a_title_of_any_length_is_looked_for_by_the_words_it_begins_with(title: str, phrase: str | None) -> None:
    """A search for a few titles of 10,000 characters took minutes to prepare, and no erasure ended."""
    assert phrase_of(title) == phrase
