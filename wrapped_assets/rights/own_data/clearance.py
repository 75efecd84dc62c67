"""The check before own data is handed over: it reads the staged bytes again, and trusts nothing that wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import polars as pl

from wrapped_assets.kernels.formulas import without_formulas_in
from wrapped_assets.kernels.one_line import one_line_in
from wrapped_assets.privacy.report import REPORT
from wrapped_assets.privacy.staged_files import files_below, hash_of_file
from wrapped_assets.rights.own_data.contents import names_of
from wrapped_assets.rights.own_data.fields import OWNER, is_of_somebody_else
from wrapped_assets.rights.own_data.files import DATA
from wrapped_assets.rights.own_data.from_lake import Lake
from wrapped_assets.storage import landing, registry
from wrapped_assets.storage.verified import intact

DICTIONARY, ABOUT, PAGE = "dictionary", "about", "index.html"
_NUMBERS = re.compile(rb"\d{6,19}")


def faults_of(lake: Lake, folder: Path) -> list[str]:
    """Everything that speaks against handing this folder over, in words that name nobody; empty where nothing does."""
    names = names_of(lake)
    expected = {f"{DATA}/{name}.{kind}" for name in (*names, DICTIONARY) for kind in ("json", "csv")}
    expected |= {PAGE, REPORT, f"{DATA}/{ABOUT}.json"}
    if found := [f"the file {name} is missing or too many" for name in sorted(expected ^ files_below(folder).keys())]:
        return found
    described: dict[str, list[str]] = {}
    for row in orjson.loads((folder / DATA / f"{DICTIONARY}.json").read_bytes()):
        described.setdefault(row["file"], []).append(row["column"])
    rows: dict[str, int] = {}
    for name in names:
        found += _of_table(folder, name, described.get(name, []), lake.listener.listener_id, rows)
    return [*found, *_incomplete(lake, rows, described), *_of_others(lake, folder), *_misreported(folder, rows)]


def _of_table(folder: Path, name: str, columns: list[str], owner: int, rows: dict[str, int]) -> Iterator[str]:
    """Whether both files of a table have exactly the described columns, rows of nobody else, and texts that do no harm in a cell."""
    if any(is_of_somebody_else(column) for column in columns) or OWNER not in columns:
        yield f"{name} has a column of somebody else, or does not say whose rows it has"
    count, strange = 0, 0
    with (folder / DATA / f"{name}.json").open("rb") as file:
        for line in file:
            if line.startswith(b"{"):
                row = orjson.loads(line.rstrip(b",\n"))
                count += 1
                strange += list(row) != columns or row.get(OWNER) != owner
    rows[name] = count
    if strange:
        yield f"{name}.json has rows of other columns or of somebody else"
    cells = pl.read_csv(folder / DATA / f"{name}.csv", infer_schema=False)
    if cells.columns != columns:
        yield f"{name}.csv has not the columns that the dictionary describes"
    elif cells.height != count or (cells[OWNER] != str(owner)).any():
        yield f"{name}.csv has rows of somebody else, or not those of {name}.json"
    harmful = [(pl.col(each) != without_formulas_in(one_line_in(pl.col(each)))) & ~_is_number(each) for each in columns]
    if cells.columns == columns and cells.select(pl.any_horizontal(harmful).any()).item():
        yield f"{name}.csv has texts that other programs could take for something else"


def _is_number(column: str) -> pl.Expr:
    """A negative number begins like a formula, and is none."""
    return pl.col(column).str.contains(r"^-?[0-9.]+(e-?[0-9]+)?$")


def _incomplete(lake: Lake, rows: dict[str, int], described: dict[str, list[str]]) -> Iterator[str]:
    """Whether a row or a column of the lake is missing, counted anew."""
    owner = lake.listener.listener_id
    for declaration in lake.assets:
        paths = intact(lake.root, [lake.cells[cell].path for cell in lake.by_asset[declaration.key]])
        counts = pl.collect_all([pl.scan_parquet(path).filter(pl.col(OWNER) == owner).select(pl.len()) for path in paths])
        if sum(each.item() for each in counts) != rows[declaration.name]:
            yield f"{declaration.name} has not as many rows as the lake"
        wanted = {name for name in declaration.schema if not name.endswith("_code") and not is_of_somebody_else(name)}
        if missing := wanted - set(described.get(declaration.name, ())):
            yield f"{declaration.name} lacks {', '.join(sorted(missing))}"
    found = landing.load_chunks(lake.root).items()
    mine = [chunk for (asset, _, _), chunks in found if asset == landing.PLAYS for chunk in chunks if owner in landing.people_of([chunk])]
    files = intact(lake.root, [each.path for each in mine])
    landed = pl.collect_all([pl.scan_parquet(file).filter(pl.col(OWNER) == owner).select(pl.len()) for file in files])
    if sum(each.item() for each in landed) != rows["landed_plays"]:
        yield "landed_plays has not as many rows as were landed"


def _of_others(lake: Lake, folder: Path) -> Iterator[str]:
    """Whether anybody else's number stands in any byte."""
    own = lake.listener.listener_id
    others = {str(each.listener_id).encode() for each in registry.all_listeners(lake.root) if each.listener_id != own}
    for name, path in files_below(folder).items():
        if not others.isdisjoint(_NUMBERS.findall(path.read_bytes())):
            yield f"{name} holds the number of somebody else"


def _misreported(folder: Path, rows: dict[str, int]) -> Iterator[str]:
    """Whether the privacy report says of a file what is not so."""
    told = orjson.loads((folder / REPORT).read_bytes())["files"]
    for name, count in rows.items():
        for kind in ("json", "csv"):
            file = told.get(f"{DATA}/{name}.{kind}", {})
            if file.get("rows") != count or file.get("sha256") != hash_of_file(folder / DATA / f"{name}.{kind}"):
                yield f"the report says something else of {name}.{kind} than is in it"
