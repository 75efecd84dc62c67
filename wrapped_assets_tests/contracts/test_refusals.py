"""A mistake in an analyst's file is refused when the file is loaded, with file, line, column, what was expected, and what to do."""

from __future__ import annotations

import pytest

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets_tests.contracts.written import ARTIST_INSIGHT, INSIGHT, Write, place, write

__all__ = ["write"]

GRAIN, COLUMNS = "grain=[c.listener_id]", "columns=[c.listen_count]"
READS = 'reads={"listener_hours": [c.listener_id, c.local_hour, c.listen_count]}'
HEADLINE = '"You played {listen_count:listens} after midnight."'
GIVEN = '{"ana": "2026-03-01 eple@01:10*2 eple"}'
EXPECT = '[{"listener_id": "ana", "listen_count": 2}]'
DOC = "How many listens began from midnight to four, local time.\n\n    No ties: nothing is ranked.\n    "
# mistake: (what is written, what is written instead, what the message points to, what it says)
MISTAKES: dict[str, tuple[str, str, str, str]] = {
    # while the module is imported
    "a column that the dictionary does not have": (
        COLUMNS, "columns=[c.listen_cuont]", "c.listen_cuont",
        "the dictionary of columns has no 'listen_cuont'; did you mean 'listen_count'?; use a column of vocabulary/columns.py, or add it there",
    ),
    "no example": (
        f"    examples=[Example(given={GIVEN}, expect={EXPECT})],\n", "", "insight(\n",
        "TypeError: insight() missing 1 required keyword-only argument: 'examples'; @insight needs chapter, grain, columns, reads, headline, examples, and may have rules, nullable",
    ),
    "a keyword that there is not": ("chapter=", "chaptre=", "insight(\n", "unexpected keyword argument 'chaptre'"),
    "an expectation that is missing": (f", expect={EXPECT}", "", "Example(", "missing 1 required positional argument: 'expect'"),
    "a name that is not defined": ('chapter="habits"', "chapter=HABITS", "HABITS", "NameError: name 'HABITS' is not defined; correct that line"),
    "broken syntax": ('chapter="habits"', 'chapter="habits', '"habits', "SyntaxError: unterminated string literal"),
    "a library that is not there": (
        "import polars as pl", "import polarz as pl", "import polarz",
        "ModuleNotFoundError: No module named 'polarz'; correct the name 'polarz', or add the library to pyproject.toml and run `./start`",
    ),
    "a name that a module does not have": (
        "kinds import insight", "kinds import insights as insight", "from wrapped_assets.contracts.kinds", "import a name that the module has",
    ),
    "a file that is no text": ("The hours", "The h\0urs", "", "save the file as text in UTF-8"),
    "a module that ends the program": ("@insight(", "raise SystemExit(3)\n\n\n@insight(", "raise SystemExit", "SystemExit: 3; correct that line"),
    "a decorator without its arguments": (
        INSIGHT[INSIGHT.index("@insight(") : INSIGHT.index("def late_nights")], "@insight\n", "insight\ndef", "TypeError: insight() takes 0 positional",
    ),
    "a function that is async": ("def late_nights", "async def late_nights", "async def", "write a plain function that returns"),
    "an example of a year that is a text": ("Example(given", 'Example(year="2026", given', "year=", "the example's year must be a number"),
    "one example without a list": (
        f"[Example(given={GIVEN}, expect={EXPECT})]", f"Example(given={GIVEN}, expect={EXPECT})", "examples=", "examples must be a list of Example(…)",
    ),
    "an error of any kind": (
        "@insight(", "TOP = 1 // 0\n\n\n@insight(", "1 // 0", "ZeroDivisionError: integer division or modulo by zero; correct that line",
    ),
    # columns
    "a name in place of a column": (COLUMNS, 'columns=["listen_count"]', '"listen_count"]', "such as c.listen_count, got a str 'listen_count'"),
    "a type in place of a column": (COLUMNS, "columns=[c.INSTANT]", "[c.INSTANT]", "got the type Datetime(time_unit='ms', time_zone='UTC')"),
    "a column that is no list": (COLUMNS, "columns=c.listen_count", "columns=c", "columns must be a list of columns"),
    "a column of one's own": (
        COLUMNS, 'columns=[c.Column("listen_count", pl.Int64(), "Mine.", "public")]', '"listen_count"',
        "the dictionary has no such column 'listen_count'; use one of vocabulary/columns.py",
    ),
    "a column twice": (COLUMNS, "columns=[c.listen_count, c.listener_id]", "c.listener_id],\n    reads", "'listener_id' occurs twice"),
    "rows that are nobody's": (GRAIN, "grain=[c.local_hour]", GRAIN[:5], "the rows of a listener begin with c.listener_id in the grain"),
    "a nullable that is not there": (COLUMNS, f"{COLUMNS}, nullable=[c.minutes]", "c.minutes", "which is in neither grain nor columns; add it there"),
    # reads
    "an input that there is not": (
        READS, READS.replace("hours", "hour"), '"listener_hour"', "reads 'listener_hour', which does not exist; did you mean 'listener_hours'?",
    ),
    "a column that the input lacks": (
        "c.local_hour, c.listen", "c.minutes, c.listen", "c.minutes", "reads minutes of aggregates/listener_hours, which has listener_id",
    ),
    "a profile's column that there is not": (
        READS, 'reads={"profiles": [c.time_zone]}', "c.time_zone", "reads time_zone of registry/profiles, which has",
    ),
    "a window that there is not": (
        READS, 'reads={"listener_hours": ([c.listener_id, c.local_hour, c.listen_count], "last_year")}', '"last_year"',
        "read for an unknown window 'last_year'; known are period, month_and_edges, previous_year, latest_year_before",
    ),
    "no columns of an input": (READS, 'reads={"listener_hours": []}', '"listener_hours"', "no column of listener_hours is read"),
    "reads that are a list": (READS, 'reads=["listener_hours"]', 'reads=["', "reads must map each input to its columns"),
    "parameters of another name": ("late_nights(listener_hours:", "late_nights(hours:", "def late_nights", "make them agree"),
    # rules
    "a rule that there is not": (
        COLUMNS, f'{COLUMNS}, rules=["windowstart"]', '"windowstart"', "unknown rules ['windowstart']; known are clock, minimum_ms_played",
    ),
    "rules as one text": (COLUMNS, f'{COLUMNS}, rules="clock"', "rules=", "rules must be a list of names, such as ['window_start'], got 'clock'"),
    # how it is told
    "a chapter that there is not": ('"habits"', '"nights"', "chapter=", "unknown chapter 'nights'; known are overview, music, habits"),
    "a headline over no column": (
        HEADLINE, '"You played {minutes} minutes."', '"You played', "the headline names 'minutes', which no row has; it may name listen_count",
    ),
    "a headline in a form that there is not": (
        HEADLINE, '"You played {listen_count:nights}."', '"You played', "writes 'listen_count' as 'nights', which is unknown; known are duration",
    ),
    "a headline with a conversion": (HEADLINE, '"You played {listen_count!r}."', '"You played', "a placeholder has no conversion"),
    "a headline that cannot be read": (HEADLINE, '"You played {listen_count."', "headline=", "the headline cannot be read: "),
    "a headline in listens over no column": (
        HEADLINE, f'{HEADLINE}, headline_in_listens="{{plays}} plays."', '"{plays}', "the headline names 'plays', which no row has",
    ),
    "no headline": (HEADLINE, '""', "headline=", "headline must be the sentence for the story, got ''"),
    "no docstring": (f'"""{DOC}"""', "", "def late_nights", "write a docstring: the first line says what a row is"),
    "a docstring without a rule for ties": (DOC, "How many listens began at night.", "def late_nights", "how ties are broken"),
    "a docstring without a sentence": (DOC, "Nights\n\n    No ties.", "def late_nights", "end it with a full stop and an empty line"),
    # examples
    "examples without an example": (f"[Example(given={GIVEN}, expect={EXPECT})]", "[]", "examples=", "the asset has no worked example; write Example("),
    "an example that gives nothing": (GIVEN, "{}", "given=", "the example gives no plays"),
    "an example that cannot be read": (
        "eple@01:10*2 eple", "eple@1:10", '"2026-03-01', "plays of 'ana': cannot read the play 'eple@1:10'; expected recording[/artist",
    ),
    "an example of no day": ("2026-03-01", "2026-02-30", '"2026-02-30', "expected a day as YYYY-MM-DD and its plays, got '2026-02-30 eple"),
    "an example at no time": ("@01:10", "@25:10", '"2026-03-01', "has an invalid time of day; expected @00:00 to @23:59"),
    "an example of a day without plays": (GIVEN, '{"ana": "2026-03-01"}', '"2026-03-01"', "the day 2026-03-01 has no plays"),
    "an example that expects nothing": (EXPECT, "[]", "expect=", "no example expects a row, so no example can fail"),
    "an example that expects only more": (EXPECT, "[...]", "expect=", "no example expects a row, so no example can fail"),
    "an example that expects an empty row": (EXPECT, "[{}]", "expect=", "expected row 1 must name columns and their values, got {}"),
    "an example that expects another column": (EXPECT, '[{"minutes": 2.0}]', '"minutes"', "expects 'minutes', which the asset does not have"),
    "an example that expects another type": (
        EXPECT, '[{"listen_count": 2.5}]', '"listen_count"', "expects 2.5 in listen_count, which is a column of Int64",
    ),
    "an example about a stranger": (
        f"given={GIVEN}", f'given={GIVEN}, people={{"bo": {{"country": "PT"}}}}', '"bo"', "people names 'bo', who plays nothing",
    ),
    "an example with an unknown table": (
        f"given={GIVEN}", f'given={GIVEN}, catalogue={{"known_songs": []}}', '"known_songs"', "no table 'known_songs'; known are known_artists",
    ),
    "an example with no Example": (f"Example(given={GIVEN}, expect={EXPECT})", "{}", "examples=", "examples must hold Example(…), got a dict"),
}  # fmt: skip
# What else such a mistake changes in the file.
RENAMED = {
    "an input that there is not": ("late_nights(listener_hours:", "late_nights(listener_hour:"),
    "a profile's column that there is not": ("late_nights(listener_hours:", "late_nights(profiles:"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_at_its_line_with_a_remedy(write: Write, mistake: str) -> None:
    before, instead, pointed, said = MISTAKES[mistake]
    assert before in INSIGHT
    text = INSIGHT.replace(before, instead, 1)
    if mistake in RENAMED:
        text = text.replace(*RENAMED[mistake])
    with pytest.raises(DeclarationError) as caught:
        write(text)
    message = str(caught.value)
    assert said in message
    assert message.startswith(place(text, pointed) if pointed else "late_nights.py:1: "), message


def test_the_file_that_the_mistakes_are_made_in_is_itself_right(write: Write) -> None:
    assert "insights/late_nights" in write(INSIGHT).by_key


FILES: dict[str, tuple[str, str, str, str]] = {
    "a file that declares nothing": ('"""Nothing."""\n', "insights.listener", "late_nights", "this file declares no asset; write `@insight(…)` above"),
    "a file of another name": (INSIGHT, "insights.listener", "nights", "the asset is called 'late_nights' and its file 'nights'"),
    "a file in another folder": (INSIGHT, "insights.artist", "late_nights", "late_nights: this folder is for assets under `@artist_insight`; write that, or move the file"),
    "a playlist among insights": (INSIGHT, "playlists", "late_nights", "this folder is for assets under `@playlist`"),
    "two assets in a file": (
        INSIGHT + INSIGHT.partition("\n\n\n")[2].replace("late_nights", "later_nights"), "insights.listener", "late_nights",
        "this file declares late_nights, later_nights; a file here declares one asset",
    ),
    "a name that is taken": (
        INSIGHT.replace("late_nights", "artist_months"), "insights.listener", "artist_months",
        "two assets are called 'artist_months'; the other is",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_a_file_is_what_its_folder_and_name_say(write: Write, what: str) -> None:
    text, folder, name, said = FILES[what]
    with pytest.raises(DeclarationError) as caught:
        write(text, folder, name)
    assert said in str(caught.value)


ARTISTS: dict[str, tuple[str, str, str]] = {
    "rows that are not an artist's": ("grain=[c.artist_id]", "grain=[c.month]", "computed by ranges of artist_id, which must come first"),
    "a group size that counts no listeners": (
        "columns=", "group_size=c.listen_count, columns=", "group_size must be a column that counts listeners, got 'listen_count'; these do: c.",
    ),
    "a group size that is no column": ("columns=", 'group_size="listeners", columns=', "group_size must be a column that counts listeners"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", ARTISTS)
def test_an_artist_insight_says_by_what_small_audiences_are_taken_out(write: Write, mistake: str) -> None:
    before, instead, said = ARTISTS[mistake]
    with pytest.raises(DeclarationError, match=r"^audience_sizes.py:[0-9]+:[0-9]+: ") as caught:
        write(ARTIST_INSIGHT.replace(before, instead, 1), "insights.artist", "audience_sizes")
    assert said in str(caught.value)
