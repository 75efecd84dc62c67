"""`wrapped story` tells in the language that was asked for."""

from __future__ import annotations

from wrapped_assets.storage.root import Root
from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets_tests.commands.running import document, run

STORY = ("story", "--listener", "ana", "--year", 2025)


def test_the_story_is_told_in_the_language_that_was_asked_for(small: Root) -> None:
    english, german = document(small.path, *STORY), document(small.path, *STORY, "--locale", "de-AT")
    assert (english["locale"], german["locale"]) == ("en", "de")
    headlines = [story["insights"]["listening_totals"]["headline"] for story in (english, german)]
    assert headlines[0].startswith("You listened for")
    assert headlines[1].startswith("Du hast")
    assert english["insights"]["listening_totals"]["rows"] == german["insights"]["listening_totals"]["rows"]


def test_an_unknown_language_exits_with_2_and_names_the_known_ones(small: Root) -> None:
    assert "de, es, ja" in run(small.path, *STORY, "--locale", "tlh", code=2).stderr


def test_the_help_names_every_language() -> None:
    told = " ".join(run(None, "story", "--help").stdout.split())
    assert all(language in told.partition("--locale")[2].partition("default")[0] for language in LANGUAGES)
