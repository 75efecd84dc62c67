"""The asset checks that follow from a declaration: contracts block what is downstream, plausibility warns."""

import dagster as dg

from wrapped_assets.contracts.declaration import Declaration

LISTENS = "listens/listens"
WHOLE_TABLES = ("insights/listening_totals",)
PARTS_OF_TIME = frozenset({"local_date", "local_hour", "local_weekday", "month"})

GRAIN = "Every row has its key, and no two rows of a cell share one: {grain}."
SCHEMA = "The stored columns and their types are the declared ones."
CONSERVATION = "Per listener and period, {column} adds up to the {what} in listens/listens: nothing is lost, nothing counted twice."
ROW_COUNT = "Warns where a partition has lost more than half of its rows since it was last materialized."
DAY_LENGTH = "Warns where a listener played more than 24 hours on one local day: a clock or a duplicate went wrong."
FUTURE = "Warns where a play lies more than a day in the future: a device's clock went wrong."


def conserved_column(declaration: Declaration) -> str | None:
    """The column that must add up to the listens: a table of a listener's time, whole, claims every listen by its column's name."""
    grain = set(declaration.grain) - {"listener_id"}
    if "listener_id" not in declaration.grain or declaration.key == LISTENS:
        return None
    if "outcome_code" in grain:
        return "play_count" if "play_count" in declaration.schema else None
    complete = PARTS_OF_TIME | ({"recording_id"} if declaration.layer == "aggregates" else set())
    is_whole = declaration.key in WHOLE_TABLES or (grain and grain <= complete)
    return "listen_count" if is_whole and "listen_count" in declaration.schema else None


def specs(declaration: Declaration) -> list[dg.AssetCheckSpec]:
    """The checks that an asset has."""
    key = dg.AssetKey(declaration.key.split("/"))
    found = [
        dg.AssetCheckSpec("grain", asset=key, blocking=True, description=GRAIN.format(grain=", ".join(declaration.grain))),
        dg.AssetCheckSpec("schema", asset=key, blocking=True, description=SCHEMA),
    ]
    if column := conserved_column(declaration):
        what = "plays" if column == "play_count" else "counted listens"
        found.append(dg.AssetCheckSpec("conservation", asset=key, blocking=True, description=CONSERVATION.format(column=column, what=what)))
    found.append(dg.AssetCheckSpec("row_count", asset=key, description=ROW_COUNT))
    if declaration.key == LISTENS:
        found.append(dg.AssetCheckSpec("future", asset=key, description=FUTURE))
    if "local_date" in declaration.grain and "ms_played" in declaration.schema:
        found.append(dg.AssetCheckSpec("day_length", asset=key, description=DAY_LENGTH))
    return found
