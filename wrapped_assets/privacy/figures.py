"""What the gate itself verifies of every figure about many people, whatever the export's own checks look at.

The policy says of each column what it counts; the contributions say of whom. Thresholds, rounding, dominance and merging are compared
with both, so that an export that forgets one of them delivers nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

import polars as pl

from wrapped_assets.privacy.contributions import amounts_of, as_shown, keys_of
from wrapped_assets.privacy.disclosure import OTHER, dominates, rounded, two_digits
from wrapped_assets.privacy.policy import Breakdown, ColumnRule, Disclosure, Numeral, Policy

Columns = Mapping[str, ColumnRule]
Public = Callable[[Numeral, Collection[str]], Collection[str]]


def figure_faults(
    tables: Mapping[str, pl.DataFrame], given: Mapping[str, pl.LazyFrame], policy: Policy, people: tuple[int, ...], is_public: Public
) -> list[str]:  # fmt: skip
    """Everything that speaks against the figures of these tables, in words that name no row; `people` are those who may be in.

    `is_public` gives those of some texts that are public numerals of a kind (`Snapshot.public_among`).
    """
    found: list[str] = []
    for name, columns in policy.files.items():
        table = tables[name]
        unfit = (*_unclassed(table, columns, is_public), *_rows_of_people(table, columns, policy.disclosure))
        found += [f"{name}: {fault}" for fault in unfit]
        figures = {column: rule for column, rule in columns.items() if rule.figure}
        if not figures:
            continue
        if policy.disclosure is None:
            found.append(f"{name}: it has figures about many people, and the policy no thresholds for them")
            continue
        plain = [f"{name}: {fault}" for fault in _plain(table, figures, policy.disclosure, policy)]
        found += plain
        if plain or all(rule.noise for rule in figures.values()):
            continue
        if name not in given:
            found.append(f"{name}: the export does not say whose listening its figures are made of (Produced.contributors)")
        elif fault := _unfit(given[name], columns):
            found.append(f"{name}: {fault}")
        else:
            checks = _against(table, given[name], columns, policy.disclosure, policy.breakdowns.get(name), people)
            found += [f"{name}: {fault}" for fault in checks]
    return found


def _unclassed(table: pl.DataFrame, columns: Columns, is_public: Public) -> Iterator[str]:
    """Numbers in columns that the policy calls public, also as text, unless they are public numerals of the kind that it names."""
    for name, rule in columns.items():
        if rule.privacy not in ("public", "own_content"):
            continue
        texts = table[name].drop_nulls().cast(pl.String).unique()
        found = set(texts.filter(texts.str.strip_chars().cast(pl.Float64, strict=False).is_not_null()))
        if found and found.difference(is_public(rule.numeral, found) if rule.numeral else ()):
            yield f"{name} holds numbers and its class is {rule.privacy}: the policy must say what they count (aggregate, with a figure)"


def _rows_of_people(table: pl.DataFrame, columns: Columns, rule: Disclosure | None) -> Iterator[str]:
    """Rows about single persons must agree with enough others in everything by which somebody could be known."""
    known = [name for name, each in columns.items() if each.privacy in ("quasi", "sensitive", "direct")]
    if known and table.height and (rule is None or table.group_by(known).len()["len"].min() < rule.k_cell):  # type: ignore[operator]
        yield f"fewer than {rule.k_cell if rule else 'any number of'} rows agree in {', '.join(known)}"


def _plain(table: pl.DataFrame, figures: Columns, rule: Disclosure, policy: Policy) -> Iterator[str]:
    """Thresholds and rounding, from the staged values alone."""
    for name, each in figures.items():
        if each.figure in ("label", "rank") or not table.height:
            continue
        values = table[name].drop_nulls()
        if len(values) and not values.dtype.is_integer():
            yield f"{name} must be whole numbers"
            continue
        if each.figure == "people":
            floor = max(rule.k_cell, (policy.noise[each.noise].release_from or 0) if each.noise else 0)
            least = _told(floor, rule, each) if each.noise else floor
            if table[name].null_count() or (values < min(least, _told(floor, rule, each))).any():
                yield f"{name}: a figure stands for fewer than {floor} people"
        step = each.step or rule.round
        if (not each.noise and (values < 0).any()) or (values % step != 0).any():
            yield f"{name} must be rounded to {step}"
        elif rule.two_digits and each.step is None and any(value != two_digits(value) for value in values.unique()):
            yield f"{name} must have two significant digits"


def _told(value: int, rule: Disclosure, each: ColumnRule) -> int:
    """An exact number as it may be told."""
    whole = rounded(value, each.unit) // each.unit
    step = each.step or rule.round
    return two_digits(whole, step) if rule.two_digits and each.step is None else rounded(whole, step)


def _unfit(given: pl.LazyFrame, columns: Columns) -> str | None:
    wanted = [*keys_of(columns), "listener_id", *amounts_of(columns)]
    names = given.collect_schema().names()
    return None if set(names) == set(wanted) else f"its contributors have the columns {', '.join(names)}, expected {', '.join(wanted)}"


def _against(
    table: pl.DataFrame, given: pl.LazyFrame, columns: Columns, rule: Disclosure, breakdown: Breakdown | None, people: tuple[int, ...]
) -> Iterator[str]:  # fmt: skip
    keys, amounts = keys_of(columns), amounts_of(columns)
    inside = pl.LazyFrame({"listener_id": pl.Series(people, dtype=pl.Int64)})
    if given.join(inside, on="listener_id", how="anti").select(pl.len()).collect(engine="streaming").item():
        yield "somebody is counted who may not be in it"
    if table.select(keys).is_duplicated().any():
        yield f"two rows are about the same {', '.join(keys)}"
        return
    rows = as_shown(table, given, columns, breakdown)
    told = rows.filter("is_shown").group_by(*keys, "listener_id").agg(pl.col(amounts).sum())
    sums: dict[str, pl.Expr] = {"_people": pl.len()}
    for name in amounts:
        largest = pl.col(name).top_k(2)
        sums |= {f"_sum {name}": pl.col(name).sum(), f"_first {name}": largest.max(),
                 f"_second {name}": pl.when(pl.len() > 1).then(largest.min()).otherwise(0)}  # fmt: skip
    behind = told.group_by(keys).agg(**sums).collect(engine="streaming")
    whole = table.join(behind, on=keys, how="left", nulls_equal=True)
    if whole["_people"].fill_null(0).lt(rule.k_cell).any():
        yield f"a figure stands for fewer than {rule.k_cell} people"
        return
    for name, each in columns.items():
        if any(_differs(row, name, each, rule) for row in whole.iter_rows(named=True)):
            yield f"{name} is not what its contributors give, rounded"
    for name in amounts:
        if any(row[name] is not None and _is_dominated(row, name, rule) for row in whole.iter_rows(named=True)):
            yield f"{name}: one person stands out in a figure"
    if breakdown is not None:
        yield from _breakdown(rows, breakdown, rule)


def _differs(row: Mapping[str, int], name: str, each: ColumnRule, rule: Disclosure) -> bool:
    if row[name] is None:
        return False
    if each.figure == "people":
        return row[name] != _told(row["_people"], rule, each)
    if each.figure == "amount":
        return row[name] != _told(row[f"_sum {name}"], rule, each)
    return each.figure == "mean" and row[name] != _told(row[f"_sum {name}"] // row["_people"], rule, each)


def _is_dominated(row: Mapping[str, int], name: str, rule: Disclosure) -> bool:
    first, second, total = (row[f"_{part} {name}"] for part in ("first", "second", "sum"))
    return dominates(first, second, total, rule.p_percent or 0, rule.largest_share_percent or 100)


def _breakdown(rows: pl.LazyFrame, breakdown: Breakdown, rule: Disclosure) -> Iterator[str]:
    """No part that was taken away may follow by subtraction, and nothing opens below the policy's number of people."""
    person = rows.group_by("_whole", "listener_id").agg(
        parts=pl.len(), seen=pl.col("is_shown").any(), merges=(pl.col(breakdown.value) == OTHER).any()
    )
    groups = person.group_by("_whole").agg(
        people=pl.len(), parts=pl.col("parts").sum(), hidden=(~pl.col("seen")).sum(), seen=pl.col("seen").any()
    )
    found = groups.filter("seen").collect(engine="streaming")
    if rule.k_open and found["people"].lt(rule.k_open).any():
        yield f"figures of fewer than {rule.k_open} people are broken down"
    apart = found.filter(pl.col("parts") == pl.col("people"))
    if apart["hidden"].is_between(1, rule.k_cell - 1).any():
        yield f"a part of fewer than {rule.k_cell} people follows by subtraction"
    merged = rows.filter("is_shown", pl.col(breakdown.value) == OTHER).group_by("_whole").agg(parts=pl.col("_value").n_unique())
    if rule.merge_other and merged.filter(pl.col("parts") < 2).select(pl.len()).collect().item():
        yield "Other stands for one part alone, and so names it"
