"""What commands see that change nothing is what a build would load, and they load none of what a build needs."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.building.build import build
from wrapped_assets.building.excluding import target_of
from wrapped_assets.building.glancing import glanced
from wrapped_assets.building.known_code import known_code
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.known import KNOWN
from wrapped_assets.contracts.lineage import KNOWN_TABLES
from wrapped_assets.kernels.hashing import column_hash
from wrapped_assets.kernels.plain_columns import whole_numbers_hash
from wrapped_assets.kernels.versions import SCHEME, combined
from wrapped_assets.planning.plan import decide
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import consents, registry, tables
from wrapped_assets.storage.groups import set_group
from wrapped_assets.storage.reading import Reader, reading
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import import_text

HEAVY = (
    "polars", "numpy", "sqlalchemy", "scipy", "pyarrow", "dagster", "babel", "jinja2", "opendp", "rich", "alembic", "pydantic",
    "cryptography",
)  # fmt: skip
FIELDS = ("logic", "rules", "landed", "stored", "damaged", "frozen", "catalogues")


def _seen(root: Root) -> Situation | None:
    """What a process sees that has opened nothing yet."""
    fresh = Root.open(root.path)
    with reading(fresh) as reader:
        assert "engine" not in vars(fresh), "the quick way was not taken"
        return glanced(fresh, known_code(), reader)


def _agree(root: Root) -> None:
    seen, loaded = _seen(root), Project(Root.open(root.path)).situation()
    assert seen is not None
    for name in FIELDS:
        assert getattr(seen, name) == getattr(loaded, name), name
    assert list(seen.expected()) == list(loaded.expected())


def test_a_built_root_is_seen_as_it_would_be_loaded_whatever_happens_to_it(small: Root) -> None:
    _agree(small)
    ana = registry.find_listener(small, "ana")
    for purpose in ("be_found", "recommend", "share_plays", "group"):
        consents.record(small, ana, purpose, "given", method="letter")
    consents.record(small, registry.find_listener(small, "bo"), "group", "given", method="letter")
    consents.record(small, registry.find_listener(small, "bo"), "group", "withdrawn", method="letter")
    set_group(small, "home", ["ana", "bo", "cy"])
    registry.exclude(small, ana, "artist", target_of("artist", "eple"), "eple")
    registry.exclude(small, ana, "hours", 2206, "22-06")
    registry.set_edition(small, 2024, rules="spotify-compatible", is_frozen=True)
    registry.register(small, [registry.Listener(ana.listener_id, "ana", "Pacific/Auckland", "NZ", 1990, "Auckland")])
    _agree(small)
    import_text(small, "dee", "2025-06-01 eple, 2025-06-01 so_here")
    Project(small).situation()  # keeps the links of the new plays
    _agree(small)
    gone = next(iter(Project(small).situation().stored.values()))
    (small.path / gone.path).unlink()
    _agree(small)


def test_an_input_version_is_the_hash_of_everything_read_in_order(small: Root) -> None:
    situation = Project(small).situation()
    for cell in situation.expected():
        rules = situation.rules_version(situation.graph.by_key[cell.asset], cell.period)
        inputs = situation.inputs_of(cell)
        read = chain.from_iterable((key, partition, len(hashes), *chain(*hashes.items())) for key, partition, _, hashes in inputs)
        version = combined(SCHEME, situation.logic[cell.asset], rules, *read)
        assert decide(situation, cell).input_version == version == situation.stored[cell].input_version


def test_what_cannot_be_told_at_a_glance_is_left_to_the_loading(small: Root) -> None:
    import_text(small, "dee", "2025-06-01 eple")
    assert _seen(small) is None  # nobody has linked the new plays
    assert build(Project(small)).failed == []
    assert _seen(small) is not None
    for path in (small.path / "landing" / "links").glob("*-marks-*"):
        path.write_bytes(path.read_bytes()[:-1])
    assert _seen(small) is None
    Project(small).situation()
    assert _seen(small) is not None
    with small.engine.begin() as connection:
        connection.execute(sa.insert(tables.damaged_files), {"path": "lake/x.parquet", "noticed_at": datetime.now(UTC)})
    assert _seen(small) is None


def test_a_consent_that_ran_out_is_seen_as_ended(small: Root) -> None:
    now = datetime.now(UTC)
    for name, until in (("ana", now + timedelta(days=1)), ("cy", now - timedelta(days=1))):
        who = registry.find_listener(small, name)
        consents.record(small, who, "be_found", "given", method="letter", valid_from=now - timedelta(days=2), valid_until=until)
    _agree(small)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20))
def test_whole_numbers_have_the_hash_of_their_column(values: list[int]) -> None:
    assert whole_numbers_hash(values) == column_hash(pl.Series(values, dtype=pl.Int64))


def test_the_tables_of_a_catalogue_are_named_where_plans_are_made() -> None:
    assert tuple(KNOWN) == KNOWN_TABLES


@pytest.mark.parametrize("arguments", [["plan"], ["plan", "--json", "--year", "2025"], ["status"], ["--help"]], ids=" ".join)
def test_nothing_heavy_is_loaded_where_there_is_nothing_to_do(household_to_read: Path, arguments: list[str]) -> None:
    assert _loaded(household_to_read, arguments) == []


def test_rows_are_shown_with_polars_alone(household_to_read: Path) -> None:
    assert _loaded(household_to_read, ["show", "insights/top_artists", "--year", "2025", "--json"]) == ["polars"]


def _loaded(root: Path, arguments: list[str]) -> list[str]:
    """The heavy libraries, and whether declarations, that a fresh process loads for a command; the second time, when the code is known."""
    code = (
        "import sys, json, atexit\n"
        f"atexit.register(lambda: print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]"
        " + [name for name in sys.modules if name.startswith('wrapped_assets.insights.')], ), file=sys.stderr))\n"
        "from wrapped_assets.cli import main\n"
        "main()\n"
    )
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code, "--data", str(root), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stderr.splitlines()[-1])


def test_a_reader_expands_lists_and_keeps_names_apart(small: Root) -> None:
    with reading(Root.open(small.path)) as reader:
        assert isinstance(reader, Reader)
        query = "select name from listeners where name in :names and name <> :name order by name"
        assert reader.rows(query, names=["ana", "bo", "cy"], name="bo") == [("ana",), ("cy",)]
        assert reader.rows("select name from listeners where name in :names", names=[]) == []
