"""Frames as a table, JSON, CSV or Parquet: instants in ISO 8601 with Z, dates in ISO 8601."""

from __future__ import annotations

import io
from typing import Any

import polars as pl

from wrapped_assets.kernels.formulas import without_formulas_in
from wrapped_assets.kernels.one_line import one_line, one_line_in
from wrapped_assets.serving.documents import as_json


def _iso(frame: pl.DataFrame) -> pl.DataFrame:
    """Times as text."""
    return frame.with_columns(
        *(pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ") for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)),
        *(pl.col(name).dt.strftime("%Y-%m-%d") for name, dtype in frame.schema.items() if dtype == pl.Date),
    )


def json_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Row objects in row order."""
    return _iso(frame).to_dicts()


def json_values(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """What `json_rows` has, without the columns' names."""
    return _iso(frame).rows()


def as_csv(frame: pl.DataFrame) -> bytes:
    """CSV with a header; a text is one line, and can be no formula. JSON and Parquet have it exactly."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    joined = _iso(frame).with_columns(pl.col(name).cast(pl.List(pl.String)).list.join(";") for name in lists)
    return joined.with_columns(without_formulas_in(one_line_in(pl.col(name))) for name in [*texts, *lists]).write_csv().encode()


def as_parquet(frame: pl.DataFrame) -> bytes:
    """A Parquet file."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def as_table(frame: pl.DataFrame, width: int | None = None) -> bytes:
    """A table for reading; a name is one line, and neither markup nor a terminal's command."""
    from rich.console import Console  # takes a quarter of the time that a small table of JSON takes in all
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name, dtype in frame.schema.items():
        table.add_column(name, justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in _iso(frame).iter_rows():
        table.add_row(*(Text(f"{value:,.1f}" if isinstance(value, float) else one_line(value)) for value in row))
    buffer = io.StringIO()
    console = Console(file=buffer, width=width or 160, no_color=True)
    console.print(table)
    console.print(f"{frame.height} rows")
    return buffer.getvalue().encode()


FORMATS = {"table": as_table, "json": lambda frame: as_json(json_rows(frame)), "csv": as_csv, "parquet": as_parquet}
