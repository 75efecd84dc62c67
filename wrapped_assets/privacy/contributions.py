"""Whose listening stands behind each published figure: what the gate verifies a table by, and compares two releases by.

An export gives, for each file with figures that no noise protects, one row per person and cell: the file's key columns,
`listener_id`, and the person's own amount under the name of each figure that adds amounts up. Cells that are too small to be shown are
among them, for one person more or less would make them appear.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping

import polars as pl

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.kernels.identity import joined_key, stable_ids
from wrapped_assets.privacy import remembered
from wrapped_assets.privacy.disclosure import OTHER
from wrapped_assets.privacy.policy import Breakdown, ColumnRule, Policy
from wrapped_assets.storage.files import ROW_GROUP_ROWS, write_in_parts
from wrapped_assets.storage.root import Root

ROWS_AT_ONCE = 20_000_000  # about a gigabyte while they are summed
ENDING = "parquet"
AMOUNTS = ("amount_1", "amount_2", "amount_3")
SCHEMA = {"cell": pl.Int64, "is_shown": pl.Boolean, "listener_id": pl.Int64, **dict.fromkeys(AMOUNTS, pl.Int64)}


def exact_files(policy: Policy) -> list[str]:
    """The files with figures, or rows of people, that only thresholds protect."""
    return [
        name for name, columns in policy.files.items()
        if policy.disclosure and any((rule.figure and not rule.noise) or rule.privacy == "quasi" for rule in columns.values())
    ]  # fmt: skip


def keys_of(columns: Mapping[str, ColumnRule]) -> list[str]:
    """The columns that say what a row is about; of rows of people, everything by which somebody could be known."""
    if quasi := [name for name, rule in columns.items() if rule.privacy == "quasi"]:
        return quasi
    return [name for name, rule in columns.items() if rule.privacy == "public" or rule.figure in ("label", "rank")]


def amounts_of(columns: Mapping[str, ColumnRule]) -> list[str]:
    """The columns to which each person adds an amount of their own."""
    return [name for name, rule in columns.items() if rule.figure in ("amount", "mean")]


def as_shown(table: pl.DataFrame, given: pl.LazyFrame, columns: Mapping[str, ColumnRule], breakdown: Breakdown | None) -> pl.LazyFrame:
    """The contributions with `is_shown`: whether their cell is in the staged table. What is merged stands under Other, `_value` as it was.

    Of a breakdown `_whole` is the whole that the cell is a part of.
    """
    keys, amounts = keys_of(columns), amounts_of(columns)
    shown = table.lazy().select(keys).unique().with_columns(is_shown=True)
    rows = given.group_by(*keys, "listener_id").agg(pl.col(amounts).sum())
    if breakdown is None:
        return rows.join(shown, on=keys, how="left", nulls_equal=True).with_columns(pl.col("is_shown").fill_null(False))
    value, rows = breakdown.value, rows.with_columns(_whole=joined_key(pl.lit(""), *(pl.col(name) for name in breakdown.within)))
    merging = shown.filter(pl.col(value) == OTHER).select(_whole=joined_key(pl.lit(""), *(pl.col(name) for name in breakdown.within)))
    found = rows.join(shown, on=keys, how="left").join(merging.with_columns(_merges=True), on="_whole", how="left")
    is_merged = pl.col("_merges").fill_null(False) & (pl.col("is_shown").is_null() | (pl.col(value) == OTHER))
    return found.with_columns(
        pl.when(is_merged).then(pl.lit(OTHER)).otherwise(value).alias(value), _value=pl.col(value),
        is_shown=pl.col("is_shown").fill_null(False) | is_merged,
    ).drop("_merges")  # fmt: skip


def keep(root: Root, export_id: str, policy: Policy, tables: Mapping[str, pl.DataFrame], given: Mapping[str, pl.LazyFrame]) -> None:
    """Notes the contributions to a release, so that a later one can be compared with it, some people's at a time."""
    names = exact_files(policy)
    if names:
        rows = sum(given[name].select(pl.len()).collect(engine="streaming").item() for name in names)
        parts = 1 + rows // ROWS_AT_ONCE
        found = (_some(policy, tables, given, part, parts) for part in range(parts))
        remembered.keep(root, export_id, ENDING, lambda path: write_in_parts(found, SCHEMA, path))


def _some(
    policy: Policy, tables: Mapping[str, pl.DataFrame], given: Mapping[str, pl.LazyFrame], part: int, parts: int
) -> pl.DataFrame:  # fmt: skip
    """The contributions of every so manieth person: ids are hashes, so that the parts are of about one size."""
    theirs = {name: frame.filter(pl.col("listener_id") % parts == part) for name, frame in given.items()}
    return pl.concat(list(_frames(policy, tables, theirs))).collect(engine="streaming")


def _frames(policy: Policy, tables: Mapping[str, pl.DataFrame], given: Mapping[str, pl.LazyFrame]) -> Iterator[pl.LazyFrame]:
    for name in exact_files(policy):
        columns = policy.files[name]
        keys, amounts = keys_of(columns), amounts_of(columns)
        rows = as_shown(tables[name], given[name], columns, policy.breakdowns.get(name))
        text = joined_key(pl.lit(name), *(pl.col(key).cast(pl.String) for key in keys))
        named = rows.with_columns(_key=text)
        cells = named.select(pl.col("_key").unique()).collect()["_key"]
        ids = pl.LazyFrame({"_key": cells, "cell": stable_ids(cells)})
        sums = {mine: pl.col(amounts[place]) if place < len(amounts) else pl.lit(0) for place, mine in enumerate(AMOUNTS)}
        summed = named.join(ids, on="_key").group_by("cell", "is_shown", "listener_id").agg(**{
            mine: (each.sum() if place < len(amounts) else each.first()).cast(pl.Int64) for place, (mine, each) in enumerate(sums.items())
        })  # fmt: skip
        yield summed.select(list(SCHEMA))


def fewest_changed(root: Root, before: str, after: str) -> int | None:
    """How many people differ in the cell in which the fewest do, of cells in either of two releases; None where no cell differs.

    A person differs who is in the cell of one release only, or with another amount. RefusedError where one release's contributions are
    damaged, or not kept any more.
    """
    paths = [remembered.intact_path(root, export_id, ENDING) for export_id in (before, after)]
    if not all(paths):
        raise RefusedError("whose listening an earlier release was made of is not known any more: nothing can be compared with it")
    old, new = (pl.scan_parquet(path).rename({name: f"{side}_{name}" for name in ("is_shown", *AMOUNTS)}) for side, path in
                zip(("old", "new"), paths, strict=True))  # type: ignore[arg-type]  # fmt: skip
    both = old.join(new, on=["cell", "listener_id"], how="full", coalesce=True)
    differs = pl.any_horizontal(pl.col(f"old_{name}").ne_missing(pl.col(f"new_{name}")) for name in AMOUNTS)
    is_shown = pl.any_horizontal(pl.col("old_is_shown").fill_null(False), pl.col("new_is_shown").fill_null(False))
    cells = both.group_by("cell").agg(changed=differs.sum(), is_shown=is_shown.any())
    found = cells.filter("is_shown", pl.col("changed") > 0).select(pl.col("changed").min()).collect(engine="streaming").item()
    return None if found is None else int(found)


def stand_in() -> int:
    """A number for nobody: it keeps the count of a list from which a person is taken out."""
    return secrets.randbits(62)


def forget(root: Root, export_id: str, listener_id: int) -> None:
    """Puts a number that stands for nobody in a listener's place: that somebody was there still counts, who it was is gone.

    A damaged file is removed: nobody can tell whether they are in it.
    """
    try:
        path = remembered.intact_path(root, export_id, ENDING)
    except RefusedError:
        path = None
    if path is None:
        remembered.forget(root, export_id, ENDING)
        return
    import pyarrow.parquet as pq

    nobody = pl.when(pl.col("listener_id") == listener_id).then(pl.lit(stand_in(), pl.Int64)).otherwise("listener_id")
    with pq.ParquetFile(path) as file:
        parts = (pl.DataFrame(pl.from_arrow(batch)).with_columns(listener_id=nobody) for batch in file.iter_batches(ROW_GROUP_ROWS))
        remembered.keep(root, export_id, ENDING, lambda path: write_in_parts(parts, SCHEMA, path))
