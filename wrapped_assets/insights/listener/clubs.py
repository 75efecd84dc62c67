"""Assigns a listener to a club by their genres, and gives their role in it."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ladders import rank_in
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.clubs import ROLES


@insight(
    chapter="community",
    grain=[c.listener_id],
    columns=[c.club_name, c.club_share, c.club_listen_count, c.club_role, c.listener_count, c.genre_known_share],
    nullable=[c.listener_count],
    reads={
        "listener_clubs": [c.listener_id, c.club_name, c.club_value, c.club_listen_count, c.club_share, c.genre_known_share],
        "club_ladder": [c.club_name, c.club_value, c.at_least_count],
    },
    headline="Your club is {club_name}: {club_share} of your listens.",
    examples=[
        Example(
            given={f"one {n:02}": f"2026-03-01 eple/bo*30 walk*{n}" for n in range(20)}
            | {"ana": "2026-03-01 eple/bo*9 night/cy*21 moon/di*12"},
            catalogue={
                "known_artists": [{"artist_name": "bo", "genre_names": ["jazz"]}, {"artist_name": "cy", "genre_names": ["trip hop"]},
                                  {"artist_name": "di", "genre_names": ["unheard of", "jazz"]}],
                "known_genres": [{"genre_name": "trip hop", "parent_genre_name": "downtempo"}, {"genre_name": "jazz"},
                                 {"genre_name": "downtempo", "parent_genre_name": "electronic"}, {"genre_name": "electronic"},
                                 {"genre_name": "unheard of"}],
            },
            expect=[
                {"listener_id": "ana", "club_name": "Slow Orbit", "club_share": 0.5, "club_role": None, "listener_count": None},
                {"listener_id": "one 00", "club_name": "Blue Hour", "club_role": "founder", "club_share": 1.0, "listener_count": 20},
                {"listener_id": "one 01", "club_role": "host"}, {"listener_id": "one 19", "club_role": "guest"}, ...,
            ],
        ),
    ],
)  # fmt: skip
def clubs(listener_clubs: pl.LazyFrame, club_ladder: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's club and its share of their listens; with 20 members or more also the number of members and the listener's role.

    Members are ranked by share; members with a tie share one place. A member is a founder if fewer than 5 % rank before them, a host if
    fewer than 25 %, a regular if fewer than 75 %, otherwise a guest.
    """
    ranked = rank_in(listener_clubs, club_ladder, "club_name", "club_value", "_place", "listener_count")
    role = pl.lit(ROLES[-1][0])
    for name, of_hundred in reversed(ROLES[:-1]):
        role = pl.when((pl.col("_place") - 1) * 100 < pl.col("listener_count") * of_hundred).then(pl.lit(name)).otherwise(role)
    told = ranked.select("listener_id", "listener_count", club_role=role)
    return listener_clubs.join(told, on="listener_id", how="left")
