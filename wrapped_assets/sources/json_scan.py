"""Finds the records of a JSON file one by one and parses each alone, so that a broken one costs only itself.

ijson is not used: it stops for good at the first NaN or broken character, and the rows after it would be lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.sources.json_elements import DEEPEST, Broken, Having, found_in, likely_rows, parsed

CHUNK_BYTES = 2**20
LONGEST_RECORD_BYTES = 2**20  # a longer "record" is a file whose brackets or quotes do not close; real ones have some kilobytes
SUSPICIOUS_BYTES = 2048  # a longer record is looked through for others that it may have swallowed
TRIES_AT_EACH_BRACE = 200  # in one stretch of damage; behind them the search makes steps, so that its cost stays linear
MOST_SIBLINGS = 1000  # objects in front of the first record that may stand in its list
STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
TO_A_STRINGS_END = re.compile(STRING[:-1] + rb'(?:"|\Z)', re.DOTALL)
OPENING = {b"}": b"{", b"]": b"["}
LEXEMES = re.compile(rb"(?:" + STRING + rb"|[\[\]{}:,\s]|true|false|null|-?\d[\d.eE+-]*+)*+\Z", re.DOTALL)
SCALAR = re.compile(rb"(?:" + STRING + rb'|[^\s,\[\]{}":]++)(?=\s*+[,\]])', re.DOTALL)
SEPARATORS = re.compile(rb"[\s,]*+")
PARTNER = {b"[": b"]", b"{": b"}"}


def _nested(depth: int) -> bytes:
    below = rb"|[\[{]" + _nested(depth - 1) + rb"[\]}]" if depth else b""
    return rb'[^"{}\[\]]*+(?:(?:' + STRING + below + rb')[^"{}\[\]]*+)*+'


FLAT_OBJECT = re.compile(rb"\{" + _nested(0) + rb"\}", re.DOTALL)  # most records, and the fastest to find
OBJECT = re.compile(rb"\{" + _nested(DEEPEST) + rb"\}", re.DOTALL)
LIST = re.compile(rb"\[" + _nested(DEEPEST) + rb"\]", re.DOTALL)


def scanned(start: bytes, stream: BinaryIO | None, is_record: Having) -> Iterator[Any]:
    """Every record in `start` and then in `stream`, what stands beside records, and a Broken for each row that cannot be read."""
    return _Scan(start, stream, is_record).elements()


class _Scan:
    """A window of the file and the place in it."""

    def __init__(self, start: bytes, stream: BinaryIO | None, is_record: Having) -> None:
        self._buffer, self._position, self._stream, self._is_record = start, 0, stream, is_record
        self._open, self._first, self._last = b"", b"", b""
        self._found, self._likely = False, list[Any]()  # whether there was a record; objects in a list, for a file without any

    def elements(self) -> Iterator[Any]:
        """Between records it searches; behind one it walks from element to element until their list ends."""
        while True:
            yield from self._search()
            if self._position == len(self._buffer):
                return
            self._found = True
            yield from self._walk()

    def _walk(self) -> Iterator[Any]:
        """The elements from here on, up to where the list ends or to what is no element."""
        while True:
            self._skip_separators()
            start = self._buffer[self._position : self._position + 1]
            if start == b"{":
                flat = FLAT_OBJECT.match(self._buffer, self._position, self._position + LONGEST_RECORD_BYTES)
                document = flat.group() if flat else self._match(OBJECT)
            elif start == b"[":
                document = self._match(LIST)
            else:
                document = self._match(SCALAR) if start not in (b"", b"]", b"}", b":") else None
            if document is None:
                return
            element = parsed(document)
            if start == b"{" and isinstance(element, Broken) and not self._is_lone(element, document):
                return  # its brackets may be the broken ones: the search looks inside
            self._position += len(document)
            if isinstance(element, dict) and (len(document) > SUSPICIOUS_BYTES or not self._is_record(element)):
                swallowed = [one for value in element.values() for one in found_in(value, self._is_record)]
                if swallowed:  # it lost a bracket, and took the records behind it into a list of its own
                    yield Broken("unreadable_row", len(document))
                    yield from swallowed
                    continue
            yield element

    def _search(self) -> Iterator[Any]:
        """Moves to the next record, which is left to `_walk`; what was passed over is Broken unless it is sound JSON of another kind."""
        stretch = _Stretch()
        siblings: list[Any] = []  # objects that are no records; rows if the next record stands in the same list
        while True:
            brace = self._buffer.find(b"{", self._position)
            until = len(self._buffer) if brace < 0 else brace
            between = self._buffer[self._position : until]
            if siblings and not SEPARATORS.fullmatch(between):
                if between.lstrip()[:1] == b"]" and stretch.is_one_list():
                    self._likely = self._likely or siblings
                siblings = []
            stretch.pass_over(between)
            self._position = until
            if brace < 0:
                if self._fill():
                    continue
                told = list(self._told(stretch, is_end=True))
                yield from told or ([] if self._found else likely_rows(self._likely))
                return
            document = self._match(OBJECT)
            found = parsed(document) if document else None
            if isinstance(found, dict) and not self._is_record(found):
                inside = list(found_in(found, self._is_record))
                if inside:
                    yield from self._told(stretch, is_end=False)
                    yield from inside
                    self._found = True
                    stretch = _Stretch()
                elif len(siblings) < MOST_SIBLINGS:
                    siblings.append(found)
                stretch.pass_over_whole(document or b"")
                self._position += len(document or b"")
            elif isinstance(found, dict) or (isinstance(found, Broken) and self._is_lone(found, document or b"")):
                yield from self._told(stretch, is_end=False)
                yield from siblings
                return
            else:
                siblings = []
                stretch.pass_over(self._buffer[self._position : self._position + stretch.step(len(self._buffer) - self._position)])
                self._position = min(self._position + stretch.last_step, len(self._buffer))

    def _is_lone(self, broken: Broken, document: bytes) -> bool:
        """Whether one record is broken by its characters alone."""
        return len(document) <= SUSPICIOUS_BYTES and isinstance(broken.value, dict) and self._is_record(broken.value)

    def _told(self, stretch: _Stretch, *, is_end: bool) -> Iterator[Broken]:
        """A Broken for each record of which something stands in the stretch, or for the file's end where that is missing."""
        rows = stretch.broken_rows(self._is_record)
        still_open = stretch.left_open(self._open)
        if not rows:
            self._open = still_open or b""
        closes = self._last == PARTNER.get(self._first, self._last)
        is_cut = is_end and bool(still_open if stretch.is_lexical() else not closes)
        for number in range(max(rows, int(is_cut))):
            is_last = number == max(rows, 1) - 1
            yield Broken("truncated" if is_cut and is_last else "unreadable_row", stretch.size if not number and rows else 0)

    def _match(self, pattern: re.Pattern[bytes]) -> bytes | None:
        """What `pattern` matches here, with more of the file where it ends too early."""
        while True:
            found = pattern.match(self._buffer, self._position, self._position + LONGEST_RECORD_BYTES)
            if found:
                return found.group()
            if len(self._buffer) - self._position > LONGEST_RECORD_BYTES or not self._fill():
                return None

    def _skip_separators(self) -> None:
        while True:
            found = SEPARATORS.match(self._buffer, self._position)
            self._position = found.end() if found else self._position
            if self._position < len(self._buffer) or not self._fill():
                return

    def _fill(self) -> bool:
        """Drops what was read and adds a piece of the file; false at its end."""
        self._first = self._first or self._buffer.lstrip()[:1]
        more = self._stream.read(CHUNK_BYTES) if self._stream else b""
        if not more:
            self._last = self._buffer.rstrip()[-1:] or self._last
            return False
        self._last = self._buffer.rstrip()[-1:] or self._last
        self._buffer = self._buffer[self._position :] + more
        self._position = 0
        return True


class _Stretch:
    """What lies between two records: how much, and whether it is sound."""

    def __init__(self) -> None:
        self.size = self._tries = 0
        self.last_step = 0
        self._text = bytearray()

    def pass_over(self, text: bytes) -> None:
        """Counts text that is no whole object."""
        self.size += len(text)
        self._text += text[: LONGEST_RECORD_BYTES + 1 - len(self._text)]

    def pass_over_whole(self, document: bytes) -> None:
        """Counts a whole object that is no record."""
        self.size += len(document)

    def step(self, left: int) -> int:
        """How far to go on behind a brace at which no object stands."""
        self._tries += 1
        self.last_step = 1 if self._tries <= TRIES_AT_EACH_BRACE else 1 + min(left, LONGEST_RECORD_BYTES) // 16
        return self.last_step

    def broken_rows(self, is_record: Having) -> int:
        """How many records are broken here: none where only other things of a sound file were passed over."""
        named = [count for key in is_record.quoted if (count := self._text.count(key))]
        if named:
            return min(named)
        return 0 if self.is_lexical() else 1

    def is_lexical(self) -> bool:
        """Whether it is made of texts, numbers, words and marks of JSON alone."""
        return len(self._text) <= LONGEST_RECORD_BYTES and LEXEMES.match(self._text) is not None

    def is_one_list(self) -> bool:
        """Whether a list was opened, and nothing else but whole objects stands in it."""
        return self._text.translate(None, b" \t\r\n,") == b"["

    def left_open(self, before: bytes) -> bytes | None:
        """The brackets that are open behind it, if `before` were in front of it; None where they do not match."""
        stack = bytearray(before)
        for bracket in re.findall(rb"[\[\]{}]", TO_A_STRINGS_END.sub(b"", self._text)):
            if bracket in PARTNER:
                stack += bracket
            elif stack[-1:] == OPENING[bracket]:
                del stack[-1:]
            else:
                return None
        return bytes(stack)
