"""Cards of what to hear next: songs that were missed, and what the year's artists released."""

from __future__ import annotations

from dataclasses import replace

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, Table, card, ranking, ranking_table
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.headlines import headline


@card("missed_recordings", place=280, needs=("recording_name",), least_rows=2)
def missed_recordings(data: StoryData) -> Card | None:
    """Songs that people of like taste heard and the listener never did."""
    told, say = data.language, data.language.say
    ranked = ranking(data.rows("missed_recordings"), "recording_name", "artist_name", 50, told)
    if not ranked:
        return None
    places = tuple(replace(each, count="") for each in ranked)  # how few people of like taste there are is nobody's business
    table = Table(
        say("Songs that you never heard"), (say("Rank"), say("Song"), say("Artist")),
        tuple((str(each.place), each.name, each.credit) for each in places),
    )  # fmt: skip
    return Card(
        "missed_recordings", "discovery", say("You missed"), headline("missed_recordings", data), ranked=places[:6],
        table=table,
        note=say("Most heard by people of like taste, or of your groups, who agreed to this. Nobody is named."),
    )  # fmt: skip


@card("new_releases", place=290, needs=("release_group_name",), least_rows=2)
def new_releases(data: StoryData) -> Card | None:
    """Release groups of the year by the listener's artists."""
    told, say = data.language, data.language.say
    rows = [row for row in data.rows("new_releases") if row.get("release_group_name")]
    ranked = ranking(rows, "release_group_name", "artist_name", 50, told)
    if not ranked:
        return None
    places = tuple(
        replace(each, count=each.count if phrases.number(row.get("listen_count")) else say("not yet"))
        for each, row in zip(ranked, rows, strict=False)
    )
    return Card(
        "new_releases", "discovery", say("Fresh"), headline("new_releases", data), ranked=places[:7],
        table=ranking_table(say("New releases by your artists"), places, say("Album"), told),
        note=say("Beside each, your listens; “not yet” is still to be heard."),
    )  # fmt: skip
