"""Every ranking agrees, row for row, with its slow twin in plain Python."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wrapped_assets.building.rehearsal import Found, rehearse, surrogates_of
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.insights.slow_days import TWINS
from wrapped_assets_tests.insights.slow_twins import Seen
from wrapped_assets_tests.insights.worlds import SMALL_WORLDS, YEAR, Play, small_frames

WINDOWS = ((date(YEAR, 1, 1), date(YEAR, 12, 31)), (date(YEAR, 1, 2), date(YEAR, 2, 1)))


def ids_in(found: Found) -> dict[str, dict[str, int]]:
    """Ids by name, so that the last step of a tie can be followed."""
    ids: dict[str, dict[str, int]] = {"recording_id": {}, "artist_id": {}, "release_group_id": {}}
    for (key, _), frame in found.items():
        if key == "catalogue/tracks":
            for track in frame.to_dicts():
                ids["recording_id"][track["recording_name"]] = track["recording_id"]
                ids["artist_id"] |= dict(zip(track["artist_names"], track["artist_ids"], strict=True))
                ids["release_group_id"][f"{track['release_group_name']}/{track['artist_names'][0]}"] = track["release_group_id"]
    return ids


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(world=SMALL_WORLDS, window=st.sampled_from(WINDOWS), zones=st.permutations(["UTC", "Pacific/Auckland", "America/Los_Angeles"]))
def test_every_insight_agrees_with_its_twin(world: dict[str, list[Play]], window: tuple[date, date], zones: list[str]) -> None:
    time_zones = dict(zip(world, zones, strict=True))
    rules = {YEAR: rules_for("default", YEAR, *window)}
    found = rehearse(small_frames(world), [YEAR - 1, YEAR], time_zones=time_zones, rules=rules, only=list(TWINS))
    surrogates, ids = surrogates_of(world), ids_in(found)
    for name, twin in TWINS.items():
        asset = project_graph().find(name)
        rows = found[asset.key, str(YEAR)].to_dicts()
        for listener, plays in world.items():
            theirs = [row for row in rows if row["listener_id"] == surrogates[listener]]
            expected = twin(Seen(tuple(plays), time_zones[listener], *window, ids))
            if name == "your_top_songs" and not expected:
                continue
            expected.sort(key=lambda row: [row[column] for column in asset.order[1:]])
            columns = expected[0] if expected else {}
            assert [{column: row[column] for column in columns} for row in theirs] == expected, name
