"""The asset checks that follow from a declaration: contracts block what is downstream, plausibility warns."""

import dagster as dg

from wrapped_assets.contracts.declaration import Declaration

PLAYS = "listens/plays"
COUNTED_IN = {"play_count": PLAYS, "listen_count": "listens/listens"}  # what each kind of sum must add up to
# Insights that tell a year whole. Any other may pick some of it, and is not held to add up.
WHOLE_INSIGHTS = ("insights/listening_totals", "insights/listening_calendar", "insights/listening_clock")
# A monthly aggregate by these alone leaves no listen out: each has one day, one hour, one recording.
COMPLETE = frozenset({"listener_id", "recording_id", "local_date", "local_hour", "local_weekday", "month"})

GRAIN = "Every row has its key, and no two rows of a cell share one: {grain}."
SCHEMA = "The stored columns and their types are the declared ones."
CONSERVATION = "Per listener and period, {column} adds up to the rows of {counted}: nothing is lost, nothing counted twice."
ROW_COUNT = "Warns where a partition has lost more than half of its rows since it was last materialized."
DAY_LENGTH = "Warns where a listener played more than 24 hours on one local day: a clock or a duplicate went wrong."
FUTURE = "Warns where a play lies more than a day in the future: a device's clock went wrong."


def conserved_column(declaration: Declaration) -> str | None:
    """The column that must add up to the listens; None for a table that is not of all of a listener's time."""
    grain = set(declaration.grain)
    if declaration.layer == "aggregates" and declaration.kind == "month_bucket":
        is_whole, column = grain <= COMPLETE | {"outcome_code"}, "play_count" if "outcome_code" in grain else "listen_count"
    else:
        is_whole, column = declaration.key in WHOLE_INSIGHTS, "listen_count"
    return column if is_whole and column in declaration.schema else None


def specs(declaration: Declaration) -> list[dg.AssetCheckSpec]:
    """The checks that an asset has."""
    key = dg.AssetKey(declaration.key.split("/"))
    found = [
        dg.AssetCheckSpec("grain", asset=key, blocking=True, description=GRAIN.format(grain=", ".join(declaration.grain))),
        dg.AssetCheckSpec("schema", asset=key, blocking=True, description=SCHEMA),
    ]
    if column := conserved_column(declaration):
        text = CONSERVATION.format(column=column, counted=COUNTED_IN[column])
        found.append(dg.AssetCheckSpec("conservation", asset=key, blocking=True, description=text))
    found.append(dg.AssetCheckSpec("row_count", asset=key, description=ROW_COUNT))
    if declaration.key == PLAYS:
        found.append(dg.AssetCheckSpec("future", asset=key, description=FUTURE))
    if "local_date" in declaration.grain and "ms_played" in declaration.schema:
        found.append(dg.AssetCheckSpec("day_length", asset=key, description=DAY_LENGTH))
    return found
