"""Makes quiz questions about a listener's year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.choices import near_numbers, shuffled
from wrapped_assets.vocabulary import columns as c

OPTIONS = 4


@insight(
    chapter="quiz",
    grain=[c.listener_id, c.quiz_question, c.option_position],
    columns=[c.artist_id, c.option_recording_id, c.option_value, c.is_true_option],
    reads={
        "listening_totals": [c.listener_id, c.listen_count, c.ms_played],
        "top_artists": [c.listener_id, c.artist_rank, c.artist_id, c.listen_count],
        "top_recordings": [c.listener_id, c.recording_rank, c.recording_id, c.listen_count],
        "discoveries": [c.listener_id, c.new_recording_count, c.is_first_year],
    },
    headline="How well do you know your year?",
    examples=[
        Example(
            given={"ana": "2025-03-01 moon/bo, 2026-03-01 eple/royksopp*3 walk/bo*2 night/cy"},
            expect=[
                {"quiz_question": "top_artist", "artist_id": "royksopp", "is_true_option": True},
                {"quiz_question": "top_artist", "artist_id": "bo", "is_true_option": False},
                {"quiz_question": "top_recording", "option_recording_id": "eple", "is_true_option": True},
                {"quiz_question": "minutes", "option_value": 18, "is_true_option": True},
                {"quiz_question": "new_recordings", "option_value": 3, "is_true_option": True},
                ...,
            ],
        ),
    ],
)
def quiz(
    listening_totals: pl.LazyFrame, top_artists: pl.LazyFrame, top_recordings: pl.LazyFrame, discoveries: pl.LazyFrame
) -> pl.LazyFrame:
    """One answer of a question: the top artist or recording among the next in rank, or a true number among numbers near it.

    A question has two to four answers. Anything heard as often as the top one is left out, because it would be right too. The order of
    answers, and the true number's position, are derived from the listener's figures and the question, so they never change: no ties.
    """
    figures = listening_totals.filter(pl.col("listen_count") > 0).select("listener_id", "listen_count", "ms_played")
    seed = figures.select("listener_id", seed=pl.concat_str("listen_count", "ms_played", separator="|"))
    parts = []
    for ranking, kind, option in ((top_artists, "artist", "artist_id"), (top_recordings, "recording", "option_recording_id")):
        is_first = pl.col(f"{kind}_rank") == 1
        best = ranking.filter(is_first).select("listener_id", _most="listen_count")
        others = ranking.join(best, on="listener_id").filter(is_first | (pl.col("listen_count") < pl.col("_most")))
        few = others.filter(pl.col(f"{kind}_rank").rank("ordinal").over("listener_id") <= OPTIONS)
        answers = few.select("listener_id", pl.col(f"{kind}_id").alias(option), is_true_option=is_first)
        parts.append(shuffled(answers, seed, option, f"top_{kind}"))
    minutes = figures.select("listener_id", option_value=pl.col("ms_played").floordiv(60_000))
    new = discoveries.filter(~pl.col("is_first_year")).select("listener_id", option_value="new_recording_count")
    parts += [near_numbers(minutes, seed, OPTIONS, "minutes"), near_numbers(new, seed, OPTIONS, "new_recordings")]
    return pl.concat(parts, how="diagonal")
