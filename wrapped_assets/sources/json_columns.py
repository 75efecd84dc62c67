"""Reads the records of a JSON file field by field instead of row by row, which is several times faster. The values are read alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from operator import itemgetter
from typing import Any

import polars as pl

from wrapped_assets.contracts.source import Batch
from wrapped_assets.sources import times
from wrapped_assets.sources.batches import ROW_SCHEMA, ROWS_PER_BATCH, checked, frame_of
from wrapped_assets.sources.json_rows import Element, beside_records
from wrapped_assets.sources.rows import LARGEST_WHOLE, whole

_NOTHING = type(None)


class Fields:
    """The records of a batch; each method gives one field of all of them."""

    def __init__(self, records: Sequence[dict[str, Any]]) -> None:
        self.records = records

    def read(self, key: str, judge: Callable[[Any], Any], dtype: pl.DataType) -> pl.Series:
        """What `judge` makes of the values below `key`, null for records without it. It is asked once for each distinct text or flag."""
        values, kind = self._values(key)
        if kind not in (str, bool, _NOTHING):  # of several kinds, unlike values may be equal, such as true and 1
            return pl.Series(key, map(judge, values), dtype=dtype)
        judged = {value: judge(value) for value in set(values)}
        return pl.Series(key, [*map(judged.__getitem__, values)], dtype=dtype)

    def wholes(self, key: str) -> pl.Series:
        """The whole numbers below `key`, as `rows.whole` reads them."""
        values, kind = self._values(key)
        if kind is int:
            with suppress(OverflowError, TypeError):  # a number beyond 64 bits
                return pl.Series(key, values, dtype=pl.Int64).clip(-LARGEST_WHOLE, LARGEST_WHOLE)
        return pl.Series(key, map(whole, values), dtype=pl.Int64)

    def _values(self, key: str) -> tuple[list[Any], type | None]:
        """The values below a key, and the one type that they have, nulls apart; None where they have several."""
        try:
            values = [*map(itemgetter(key), self.records)]
        except KeyError:
            values = [record.get(key) for record in self.records]
        kinds = {*map(type, values)} - {_NOTHING}
        return values, kinds.pop() if len(kinds) == 1 else (None if kinds else _NOTHING)


def batches_by_column(elements: Iterator[Element], columns: Callable[[Fields], pl.DataFrame], instant: times.Instant) -> Iterator[Batch]:
    """Batches of at most ROWS_PER_BATCH elements, in the order of the file; nothing for no elements.

    `columns` gives the columns of ROW_SCHEMA, `row_number` apart and any that are null in all rows, with a row for each record. What is
    no record becomes a rejected row.
    """
    while chunk := list(islice(elements, ROWS_PER_BATCH)):
        found = {number: element for number, element in chunk if isinstance(element, dict)}
        frame = columns(Fields([*found.values()])).with_columns(row_number=pl.Series([*found], dtype=pl.Int64), unread_bytes=0)
        frame = frame.select(
            pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name) for name, dtype in ROW_SCHEMA.items()
        )
        if len(found) < len(chunk):
            others = frame_of([beside_records(number, element) for number, element in chunk if number not in found])
            frame = pl.concat([frame, others]).sort("row_number")
        yield checked(frame, instant)
