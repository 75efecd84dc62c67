"""Cards of what to hear next: songs that were missed, and what the year's artists released."""

from __future__ import annotations

from wrapped_assets.stories.cards.card import Card, CardMaker, ranking, ranking_table
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.headlines import headline


def missed_recordings(data: StoryData) -> Card | None:
    """Songs that people of like taste heard and the listener never did."""
    told, say = data.language, data.language.say
    places = ranking(data.rows("missed_recordings"), "recording_name", "artist_name", 50, told, by="listener_count")
    if not places:
        return None
    return Card(
        "missed_recordings", "discovery", say("You missed"), headline("missed_recordings", data), ranked=places[:7],
        table=ranking_table(say("Songs that you never heard"), places, say("Song"), told, unit=say("Listeners")),
        note=say("Most heard by people of like taste who agreed to be found. Nobody is named."),
    )  # fmt: skip


def new_releases(data: StoryData) -> Card | None:
    """Release groups of the year by the listener's artists."""
    told, say = data.language, data.language.say
    places = ranking(data.rows("new_releases"), "release_group_name", "artist_name", 50, told)
    if not places:
        return None
    return Card(
        "new_releases", "discovery", say("Fresh"), headline("new_releases", data), ranked=places[:7],
        table=ranking_table(say("New releases by your artists"), places, say("Album"), told),
    )  # fmt: skip


MISSED = CardMaker(("missed_recordings",), missed_recordings, needs=("recording_name",))
NEW_RELEASES = CardMaker(("new_releases",), new_releases, needs=("release_group_name",))
