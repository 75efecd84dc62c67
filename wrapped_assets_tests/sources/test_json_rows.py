"""Broken JSON costs the broken rows and no others."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.sources import json_rows, json_scan
from wrapped_assets.sources.json_rows import Broken, Having, keys_of, records
from wrapped_assets.sources.json_scan import scanned

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=6)
    | st.sampled_from(['"}]', "{[", "\\", '\\"', ",", "é\u2028"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.dictionaries(st.text('abc"{[é', max_size=4), VALUES, max_size=4)
RECORDS = st.lists(FIELDS.map(lambda fields: {"ts": 1, **fields}), max_size=6)
IS_ROW = Having("ts")


class Dripping(io.BytesIO):
    """Gives a few bytes at a time, so that every token is cut somewhere."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(5 if size is None or size < 0 else min(size, 5))


def dripped(raw: bytes) -> list[Any]:
    """What the scanner finds, without the fast path for small sound files."""
    return list(scanned(b"", Dripping(raw), IS_ROW))


def read(raw: bytes) -> list[Any]:
    return [element for _, element in records(io.BytesIO(raw), IS_ROW)]


WRAPPINGS = {
    "a list": lambda rows: rows,
    "below a key": lambda rows: {"about": {"x": [1]}, "rows": rows, "more": [{"y": 1}]},
    "pages": lambda rows: [{"rows": rows[:2], "page": 1}, {"rows": rows[2:], "page": 2}],
    "lists of pages": lambda rows: [[{"page": {"rows": rows[:1]}}], [{"page": {"rows": rows[1:]}}]],
}


@given(RECORDS, st.sampled_from(sorted(WRAPPINGS)), st.sampled_from([None, 1]), st.booleans())
def test_the_scanner_finds_what_a_parser_finds_in_every_wrapping(
    rows: list[dict[str, Any]], wrapping: str, indent: int | None, is_ascii: bool
) -> None:
    raw = json.dumps(WRAPPINGS[wrapping](rows), indent=indent, ensure_ascii=is_ascii).encode()
    assert dripped(raw) == rows
    assert read(raw) == rows


@given(RECORDS, st.sampled_from(["\n", "\n\n", "", " "]), st.booleans())
def test_lines_and_documents_in_a_row_are_read(rows: list[dict[str, Any]], between: str, is_pretty: bool) -> None:
    raw = between.join(json.dumps(row, indent=1 if is_pretty else None) for row in rows).encode()
    assert read(raw) == rows


def test_one_record_alone_is_a_row() -> None:
    assert read(b'{"ts": 1}') == [{"ts": 1}]
    assert read(b'{"track": {"ts": 1}, "@attr": {"page": "3"}}') == [{"ts": 1}]


@given(RECORDS, st.data())
def test_a_file_cut_anywhere_gives_only_rows_of_the_whole_file(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    raw = json.dumps(rows, ensure_ascii=False).encode()
    cut = data.draw(st.integers(0, len(raw) - 1))
    found = read(raw[:cut])
    good = [element for element in found if not isinstance(element, Broken)]
    assert good == rows[: len(good)]
    cut_in_a_text_that_looks_like_an_end = found[len(good) :] == [Broken("unreadable_row")] and raw[:cut].endswith(b"]")
    assert found[len(good) :] == ([Broken("truncated")] if cut else []) or cut_in_a_text_that_looks_like_an_end


LINES, LIST, PRETTY = "lines", "list", "pretty"


@given(
    st.lists(FIELDS.map(lambda fields: {"ts": 1, "name": "x", **fields}), min_size=3, max_size=8),
    st.sampled_from([LINES, LIST, PRETTY]),
    st.binary(max_size=8),
    st.data(),
)
@settings(max_examples=200)
def test_damage_anywhere_costs_only_the_rows_that_it_touches(
    rows: list[dict[str, Any]], form: str, damage: bytes, data: st.DataObject
) -> None:
    pieces = [json.dumps({"n": number, **row}, indent=1 if form == PRETTY else None, ensure_ascii=False) for number, row in enumerate(rows)]
    between = "\n" if form == LINES else ", "
    raw = ((between if form == LINES else "[") + between.join(pieces) + ("\n" if form == LINES else "]")).encode()
    ends = [len(((between if form == LINES else "[") + between.join(pieces[: number + 1])).encode()) for number in range(len(rows))]
    starts = [end - len(piece.encode()) for end, piece in zip(ends, pieces, strict=True)]
    at = data.draw(st.integers(1, len(raw) - 1))
    until = data.draw(st.integers(at, min(at + 60, len(raw))))
    found = read(raw[:at] + damage + raw[until:])
    untouched = [{"n": number, **row} for number, row in enumerate(rows) if ends[number] <= at - (form != LINES) or starts[number] >= until]
    if any(b in damage for b in b'{}[]",:\n') or until > at:  # otherwise nothing that is structure changed
        remaining = iter([element for element in found if isinstance(element, dict)])
        assert all(row in remaining for row in untouched), found
    touched = len(rows) - len(untouched)
    assert len(found) - len(untouched) <= 2 * touched + 2


@given(st.binary(max_size=80))
def test_no_bytes_raise(raw: bytes) -> None:
    read(raw)
    list(json_rows.lines(io.BytesIO(raw), IS_ROW))
    keys_of(raw)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b'[{"ts":1}, {"ts":1 "b"}, {"ts":2}]', [{"ts": 1}, "unreadable_row", {"ts": 2}]),
        (b'[{"ts":1}, {"ts":"\xff"}, {"ts":2}]', [{"ts": 1}, "not_utf8", {"ts": 2}]),
        (b'[{"ts":1}][{"ts":2}]\n', [{"ts": 1}, {"ts": 2}]),
        (b'[{"ts":1}, {"ts":2}', [{"ts": 1}, {"ts": 2}, "truncated"]),
        (b'[{"ts":1}, {"ts":"x', [{"ts": 1}, "truncated"]),
        (b'[{"ts":1}, {"ts":"x}, {"ts":2}]', [{"ts": 1}, "unreadable_row", {"ts": 2}]),
        (b'[{"ts":1}, {"ts":"x}, {"ts":"y}, {"ts":2}]', [{"ts": 1}, "unreadable_row", "unreadable_row", {"ts": 2}]),
        (b'[{"ts":1}, {"ts":"x}]', [{"ts": 1}, "unreadable_row"]),
        (b'[{"ts":1}}, {"ts":2}]', [{"ts": 1}, {"ts": 2}]),
        (b'[{"ts":1}]{"ts":2}]', [{"ts": 1}, {"ts": 2}]),
        (b'[{"ts":1},\0\0\0\0\0\0\0,{"ts":2}]', [{"ts": 1}, "unreadable_row", {"ts": 2}]),
        (b'[{"ts":1}, 7, null, {"a":1}, {"ts":2}]', [{"ts": 1}, 7, None, {"a": 1}, {"ts": 2}]),
        (b"%PDF-1.4", ["unreadable_row"]),
        (b"[]", []),
        (b" \n", []),
        (b"[" + b"[" * 5000 + b"]" * 5000 + b', {"ts":1}', [{"ts": 1}, "truncated"]),
        (b'{"listens":[{"ts":1},{"ts":2}', [{"ts": 1}, {"ts": 2}, "truncated"]),
    ],
)
def test_damage_costs_one_row_where_the_next_can_be_found(raw: bytes, found: list[Any]) -> None:
    assert read(raw) == found


def test_what_was_passed_over_is_counted_in_rows_and_bytes() -> None:
    broken = b'{"ts":1, "x": "y}, '
    found = read(b'[{"ts":1}, ' + broken + b'{"ts":2}]')
    assert [element.size for element in found if isinstance(element, Broken)] == [len(broken)]


def test_a_large_file_is_streamed_and_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"ts": number, "b": {"c": ["x"] * (number % 3)}} for number in range(500)]
    raw = json.dumps(rows).encode()
    whole = read(raw)
    monkeypatch.setattr(json_rows, "WHOLE_FILE_BYTES", 100)
    monkeypatch.setattr(json_scan, "CHUNK_BYTES", 64)
    assert read(raw) == whole


def test_a_quote_that_never_closes_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "WHOLE_FILE_BYTES", 100)
    monkeypatch.setattr(json_scan, "LONGEST_RECORD_BYTES", 1000)
    monkeypatch.setattr(json_scan, "CHUNK_BYTES", 64)
    raw = b'[{"ts":1},{"ts":"' + b"x" * 100_000 + b'},{"ts":2}]'
    found = read(raw)
    assert found == [{"ts": 1}, "unreadable_row", {"ts": 2}]
    assert found[1].size == len(raw) - len(b'[{"ts":1},{"ts":2}]')


@pytest.mark.parametrize("raw", [b'{"' * 300_000, b'{"ts":' * 200_000, b'[{"ts":"' + b'\\"{' * 300_000])
def test_hostile_damage_is_passed_in_linear_time(raw: bytes) -> None:
    assert {str(element) for element in read(raw)} <= {"truncated", "unreadable_row"}
