"""Broken JSON costs the broken rows and no others."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.sources import json_rows
from wrapped_assets.sources.json_rows import Broken, keys_of, records

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=6)
    | st.sampled_from(['"}]', "{[", "\\", '\\"', ",", "é\u2028"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=4), max_size=6)


class Dripping(io.BytesIO):
    """Gives a few bytes at a time, so that every token is cut somewhere."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(5 if size is None or size < 0 else min(size, 5))


def scanned(raw: bytes, *shapes: str) -> list[Any]:
    """What the scanner finds, without the fast path for small sound files."""
    return list(json_rows._scan(b"", Dripping(raw), {shape.encode() for shape in shapes}))


@given(RECORDS, st.sampled_from([None, 1]), st.booleans())
def test_the_scanner_finds_what_a_parser_finds(rows: list[dict[str, Any]], indent: int | None, is_ascii: bool) -> None:
    assert scanned(json.dumps(rows, indent=indent, ensure_ascii=is_ascii).encode(), "[") == rows
    assert scanned(json.dumps({"about": {"x": [1]}, "rows": rows}, indent=indent).encode(), "{[") == rows
    assert scanned(json.dumps([{"rows": rows}, {"rows": rows}], indent=indent).encode(), "[{[") == rows + rows


@given(RECORDS, st.data())
def test_a_file_cut_anywhere_gives_only_rows_of_the_whole_file(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    raw = json.dumps(rows, ensure_ascii=False).encode()
    cut = data.draw(st.integers(0, len(raw) - 1))
    found = [element for _, element in records(io.BytesIO(raw[:cut]), ("[",))]
    good = [element for element in found if not isinstance(element, Broken)]
    assert good == rows[: len(good)]
    assert found[len(good) :] == ([Broken("truncated")] if cut else [])


@given(st.binary(max_size=80))
def test_no_bytes_raise(raw: bytes) -> None:
    list(records(io.BytesIO(raw), ("[", "{[")))
    list(json_rows.lines(io.BytesIO(raw)))
    keys_of(raw)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b'[{"a":1}, {"a":1 "b"}, {"a":2}]', [{"a": 1}, "unreadable_row", {"a": 2}]),
        (b'[{"a":1}, {"a":"\xff"}, {"a":2}]', [{"a": 1}, {"a": "\ufffd"}, {"a": 2}]),
        (b'[{"a":1}][{"a":2}]\n', [{"a": 1}, {"a": 2}]),
        (b'[{"a":1}, {"a":2}', [{"a": 1}, {"a": 2}, "truncated"]),
        (b'[{"a":1}, {"a":"x', [{"a": 1}, "truncated"]),
        (b'[{"a":1}}, {"a":2}]', [{"a": 1}, "unreadable_row"]),
        (b"%PDF-1.4", ["unreadable_row"]),
        (b"[]", []),
        (b" \n", []),
        (b"[" + b"[" * 5000 + b"]" * 5000 + b', {"a":1}', ["unreadable_row", {"a": 1}, "truncated"]),
    ],
)
def test_damage_costs_one_row_where_the_next_can_be_found(raw: bytes, found: list[Any]) -> None:
    assert [element for _, element in records(io.BytesIO(raw), ("[",))] == found


def test_a_large_file_is_streamed_and_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"a": number, "b": {"c": ["x"] * (number % 3)}} for number in range(500)]
    raw = json.dumps(rows).encode()
    whole = list(records(io.BytesIO(raw), ("[",)))
    monkeypatch.setattr(json_rows, "WHOLE_FILE_BYTES", 100)
    monkeypatch.setattr(json_rows, "CHUNK_BYTES", 64)
    assert list(records(io.BytesIO(raw), ("[",))) == whole


def test_a_quote_that_never_closes_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "WHOLE_FILE_BYTES", 100)
    monkeypatch.setattr(json_rows, "LONGEST_RECORD_BYTES", 1000)
    monkeypatch.setattr(json_rows, "CHUNK_BYTES", 64)
    stream = io.BytesIO(b'[{"a":1},{"a":"' + b"x" * 100_000)
    assert [element for _, element in records(stream, ("[",))] == [{"a": 1}, "truncated"]
    assert stream.tell() < 2000
