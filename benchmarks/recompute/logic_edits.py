"""Edits of logic: equal meaning, other values, one more column, another column type, a helper, a constant; and taking edits back."""

from __future__ import annotations

import re

from benchmarks.recompute.edits import AMOUNTS, COUNTS, EVERY, INSIGHTS, PARTIALS, Bench, Edit, asset_in, first_input, kernel_in
from benchmarks.recompute.reach import assets_reaching
from benchmarks.recompute.splicing import declared_columns, with_declared_column, with_line_at_start, with_result

COLUMNS, RULES, ENGINE = "vocabulary/columns.py", "vocabulary/rules.py", "storage/files.py"
# Known places with two spellings: file, one, the other, what is defined there.
OTHER_HELPERS = [
    ("kernels/division.py", "60_000", "30_000", "minutes_of"),
    ("kernels/ranking.py", 'keep="first"', 'keep="last"', "first_per"),
    ("kernels/novelty.py", 'how="anti"', 'how="semi"', "newly_heard"),
    ("kernels/daily.py", 'first_heard_at=pl.col("listened_at").min()', 'first_heard_at=pl.col("listened_at").max()', "daily"),
    ("kernels/grids.py", "fill_null(0)", "fill_null(1)", "zero_filled"),
    ("kernels/runs.py", "> gap", ">= gap * 2", "joined_intervals"),
    ("aggregates/sessions.py", "minutes=20", "minutes=35", "SESSION_GAP"),
    ("vocabulary/outcomes.py", "= (COUNTED, TOO_SHORT, PRIVATE)", "= (COUNTED, PRIVATE)", "IN_MINUTES"),
]
CONSTANTS = [
    ("insights/listener/top_artists.py", "PLACES = 50", "PLACES = 8", "PLACES"),
    ("insights/listener/artist_race.py", "RUNNERS = 5", "RUNNERS = 4", "RUNNERS"),
    ("insights/listener/night_owl.py", "hour >= 22", "hour >= 23", "night_owl"),
]


def _toggled(bench: Bench, kind: str, places: list[tuple[str, str, str, str]]) -> Edit:
    """One of the places in its other spelling."""
    found = [(file, a, b, name) for file, one, other, name in places for a, b in ((one, other), (other, one)) if a in bench.copy.read(file)]
    file, old, new, name = bench.choice.choice(found)
    return bench.edited(kind, f"{old} → {new}", file, bench.copy.read(file).replace(old, new), [name])


def _equal(bench: Bench, kind: str, file: str, text: str, name: str, *, is_asset: bool) -> Edit:
    ways = {"a variable": "_found = {}\nreturn _found"}
    if is_asset:
        ways |= {"a filter that keeps all": "return {}.filter(pl.lit(True))", "input reversed": ""}
    way = bench.choice.choice(sorted(ways))
    if ways[way]:
        new = with_result(text, name, ways[way])
    else:
        frame = first_input(text, name)
        new = with_line_at_start(text, name, f"{frame} = {frame}.reverse()")
    return bench.edited(kind, way, file, new, [name])


def refactor_insight(bench: Bench) -> Edit:
    """An insight or playlist in other words."""
    return _equal(bench, "refactor of an insight", *asset_in(bench, *INSIGHTS), is_asset=True)


def refactor_aggregate(bench: Bench) -> Edit:
    """An aggregate, or a step of listens or the catalogue, in other words."""
    return _equal(bench, "refactor of an aggregate", *asset_in(bench, *PARTIALS), is_asset=True)


def refactor_helper(bench: Bench) -> Edit:
    """A kernel in other words."""
    return _equal(bench, "refactor of a helper", *kernel_in(bench), is_asset=False)


def _other(bench: Bench, kind: str, file: str, text: str, name: str) -> Edit:
    amounts = [column for column in declared_columns(text, name) if AMOUNTS.fullmatch(column)]
    listeners = re.search(r"grain=\[c\.listener_id", text)
    some = f"pl.col('listener_id') % {bench.choice.randint(3, 7)}"
    more = f"({some} == 0).cast(pl.Int8)" if listeners else str(bench.number % 5 + 1)
    ways = {f"more {column}": f"return {{}}.with_columns({column}=pl.col('{column}') + {more})" for column in amounts}
    if listeners:
        ways["some listeners left out"] = f"return {{}}.filter({some} != 1)"
    if not ways:
        ways["half of the rows"] = "return {}.gather_every(2)"
    way = bench.choice.choice(sorted(ways))
    return bench.edited(kind, way, file, with_result(text, name, ways[way]), [name])


def logic_insight(bench: Bench) -> Edit:
    """An insight that says something else: another order, limit, threshold, amount, or fewer listeners."""
    if bench.choice.random() < 0.25:
        return _toggled(bench, "logic of an insight", CONSTANTS)
    file, text, name = asset_in(bench, *INSIGHTS)
    order = re.search(r'order(?: ?)=(?: ?)\["([^"]+)", "([^"]+)"', text)
    if order and bench.choice.random() < 0.4:
        new = text.replace(f'["{order[1]}", "{order[2]}"', f'["{order[2]}", "{order[1]}"', 1)
        return bench.edited("logic of an insight", "order of a ranking", file, new, [name])
    return _other(bench, "logic of an insight", file, text, name)


def logic_aggregate(bench: Bench) -> Edit:
    """An aggregate, or a step of listens or the catalogue, with other values in one column or fewer listeners."""
    while True:
        file, text, name = asset_in(bench, *PARTIALS)
        if re.search(r"grain=\[c\.listener_id", text):
            return _other(bench, "logic of an aggregate", file, text, name)


def helper(bench: Bench) -> Edit:
    """A kernel or shared constant that says something else."""
    return _toggled(bench, "helper, other values", OTHER_HELPERS)


def added_column(bench: Bench) -> Edit:
    """One more column in an aggregate."""
    file, text, name = asset_in(bench, "aggregates")
    column = f"extra_{bench.number}_count"
    words = bench.copy.read(COLUMNS)
    word = f'{column} = _column("{column}", pl.Int64, "Added.", "own_content")'
    bench.copy.write(COLUMNS, words.replace("\nBY_NAME", f"{word}\n\nBY_NAME", 1))
    new = with_declared_column(with_result(text, name, f"return {{}}.with_columns({column}=pl.lit({bench.number}))"), name, column)
    return bench.edited("column added to an aggregate", column, file, new, [name])


def column_type(bench: Bench) -> Edit:
    """A count that becomes narrower, or wide again."""
    words = bench.copy.read(COLUMNS)
    types = dict(re.findall(r"^(\w+) = _column\(\"\w+\", pl\.(Int64|Int32),", words, re.MULTILINE))
    column = bench.choice.choice([column for column in types if COUNTS.fullmatch(column) and not column.startswith("extra_")])
    old = types[column]
    new = "Int32" if old == "Int64" else "Int64"
    text = re.sub(rf'^({column} = _column\("{column}", pl\.){old},', rf"\g<1>{new},", words, flags=re.MULTILINE)
    return bench.edited("column's type", f"{column} {old} → {new}", COLUMNS, text, [column])


def rule_set(bench: Bench) -> Edit:
    """The shortest listen of the default rules."""
    text = bench.copy.read(RULES)
    old, new = ("30_000", "60_000") if '"minimum_ms_played": 30_000' in text else ("60_000", "30_000")
    bench.copy.write(RULES, text.replace(f'"minimum_ms_played": {old}', f'"minimum_ms_played": {new}', 1))
    return Edit("rule set", f"minimum_ms_played {old} → {new}", rules=["minimum_ms_played"])


def engine(bench: Bench) -> Edit:
    """How the platform itself writes a cell, or checks it: every cell is another engine's, and most come out equal."""
    places = [
        (ENGINE, 'COMPRESSION, COMPRESSION_LEVEL = "zstd", 1', 'COMPRESSION, COMPRESSION_LEVEL = "zstd", 3'),
        (ENGINE, "ROW_GROUP_ROWS = 512 * 1024", "ROW_GROUP_ROWS = 256"),
    ]
    file, one, other = bench.choice.choice(places)
    text = bench.copy.read(file)
    old, new = (one, other) if one in text else (other, one)
    bench.copy.write(file, text.replace(old, new))
    return Edit("engine", f"{old} → {new}", {EVERY})


def revert(bench: Bench) -> Edit:
    """An edited file as it was at first: A → B → A."""
    files = [file for file in bench.copy.edits if file in bench.copy.pristine and file not in (COLUMNS, RULES, ENGINE)]
    if not files:
        return logic_insight(bench)
    file = max(bench.choice.sample(files, min(3, len(files))), key=lambda file: bench.copy.edits[file])
    every = {(file, node) for node in _defined(bench, file)}
    code = assets_reaching(bench.copy, every)
    bench.copy.revert(file)
    every |= {(file, node) for node in _defined(bench, file)}
    return Edit("taken back", file, code | assets_reaching(bench.copy, every))


def _defined(bench: Bench, file: str) -> list[str]:
    return re.findall(r"^(?:def )?(\w+)(?:\(| = |: )", bench.copy.read(file), re.MULTILINE)
