"""Finds recordings that a listener missed, and people of similar taste or of their group heard."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.kernels.neighbours import most_missed
from wrapped_assets.kernels.ranges import Ranges
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.sharing import RECOMMENDING_LISTENERS as FEWEST

PER_ARTIST, PLACES = 2, 50


@population(
    grain=[c.listener_id, c.missed_rank],
    columns=[c.recording_id, c.artist_id],
    reads={
        "neighbours": [c.listener_id, c.similar_listener_id, c.is_alike, c.is_shared],
        "recording_years": [c.listener_id, c.recording_id, c.artist_id, c.listen_count],
        "recording_history": [c.listener_id, c.recording_id],
        "unwanted_music": [c.listener_id, c.exclusion_kind, c.target_id],
    },
    minimum_group=1,
    within=c.listener_id,
    freezes=False,
    examples=[
        Example(
            given={"ana": "2025-01-01 old, 2026-03-01 eple*50"}
            | {f"p{n}": f"2026-03-01 eple*50 old*9 walk/bo*{9 - n}" + " rain/cy*40" * (n < 4) for n in range(5)},
            people={name: {"is_recommending": True} for name in ("ana", "p0", "p1", "p2", "p3", "p4")},
            expect=[{"listener_id": "ana", "missed_rank": 1, "recording_id": "walk"}],
        ),
        Example(
            given={"ana": "2026-03-01 eple", "bo": "2026-03-01 walk/bo*4 a/cy*3 b/cy*2 d/cy", "cy": "2026-03-01 rain*50"},
            people={name: {"is_sharing": True} for name in ("ana", "bo")},
            groups={"home": ["ana", "bo", "cy"]},
            expect=[
                *({"listener_id": "ana", "missed_rank": n, "recording_id": name} for n, name in enumerate(("walk", "a", "b"), 1)),
                {"listener_id": "bo", "missed_rank": 1, "recording_id": "eple"},
            ],
        ),
    ],
)  # fmt: skip
def neighbour_recordings(
    neighbours: pl.LazyFrame, recording_years: pl.LazyFrame, recording_history: pl.LazyFrame, unwanted_music: pl.LazyFrame, within: Ranges,
) -> pl.LazyFrame:  # fmt: skip
    """A recording that a listener never heard but at least five of the ten listeners of most similar taste did, ranked by their listens.

    Members of a group who show each other what they play count from one on. At most fifty, two per primary artist, without
    recordings and artists that the listener excluded; listens outside the window count as heard. A tie goes to more people, then to
    the smaller id. The next build removes whoever withdraws, also after publication.
    """
    heard = recording_years.filter(pl.col("listen_count") > 0)
    songs, artists = (
        unwanted_music.filter(pl.col("exclusion_kind") == kind).select("listener_id", pl.col("target_id").alias(f"{kind}_id")).unique()
        for kind in ("recording", "artist")
    )
    history = pl.concat([recording_history, songs])
    return most_missed(neighbours, heard, history, artists, fewest=FEWEST, per_artist=PER_ARTIST, limit=PLACES, within=within)
