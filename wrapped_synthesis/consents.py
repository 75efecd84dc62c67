"""What invented listeners agreed to, took back, objected to, or were never asked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from wrapped_assets.vocabulary.purposes import PURPOSES
from wrapped_synthesis.chance import Purpose, fields

# Per purpose, of 65,536: who said yes, and who said no when asked; the others said nothing. New ones come last.
_ANSWERS: dict[str, tuple[int, int]] = {
    "be_found": (43_000, 10_000),
    "group": (36_000, 8_000),
    "marketing": (30_000, 16_000),
    "artist_statistics": (50_000, 5_000),
    "charts": (54_000, 4_000),
    "fan_naming": (14_000, 20_000),
    "partner:acme": (9_000, 22_000),
    "recommend": (43_000, 10_000),
    "share_plays": (20_000, 20_000),
}
_TAKES_BACK = 5_243  # 8 % of the yeses
_RESTRICTED = 197  # 0.3 % of the listeners
_RESTRICTION = 7  # its place among the draws; purposes from there on stand one further
_DAY_S = 86_400
_SCHEMA = {"listener": pl.String, "purpose": pl.String, "state": pl.String, "valid_from": pl.Datetime("ms", "UTC")}


def write_consents(names: pl.Series, seed: int, first_year: int, out: Path) -> None:
    """Writes `consents.parquet` (listener, purpose, state, valid_from): `wrapped consent import` reads it.

    Answers are of the year before `first_year`; what was taken back, was in the first half of `first_year`. A restriction has no
    purpose: it is about all of them.
    """
    before = int(datetime(first_year - 1, 1, 1, tzinfo=UTC).timestamp())
    parts = []
    for number, (purpose, (yes, no)) in enumerate(_ANSWERS.items()):
        drawn = fields(seed, Purpose.CONSENTS, number + (number >= _RESTRICTION), 5, len(names))
        is_interest = purpose in PURPOSES and PURPOSES[purpose].lawful_basis == "legitimate_interest"
        said_yes, said_no = drawn[0] < yes, (drawn[0] >= yes) & (drawn[0] < yes + no)
        took_back = said_yes & (drawn[1] < _TAKES_BACK)
        asked_at = before + drawn[2].astype(np.int64) % 365 * _DAY_S + drawn[4].astype(np.int64)
        back_at = before + (366 + drawn[3].astype(np.int64) % 180) * _DAY_S + drawn[4].astype(np.int64)
        no_word, back_word = ("objected", "objected") if is_interest else ("refused", "withdrawn")
        parts += [
            _events(names, said_yes, purpose, "given", asked_at),
            _events(names, said_no, purpose, no_word, asked_at),
            _events(names, took_back, purpose, back_word, back_at),
        ]
    drawn = fields(seed, Purpose.CONSENTS, _RESTRICTION, 2, len(names))
    parts.append(_events(names, drawn[0] < _RESTRICTED, None, "restricted", before + drawn[1].astype(np.int64) % 365 * _DAY_S))
    table = pl.concat(parts).sort("listener", "valid_from", "purpose", "state", nulls_last=True)
    table.write_parquet(out / "consents.parquet", compression="zstd", compression_level=1, row_group_size=262_144)


def _events(names: pl.Series, who: np.ndarray, purpose: str | None, state: str, at_s: np.ndarray) -> pl.DataFrame:
    rows = np.flatnonzero(who).astype(np.uint32)
    return pl.DataFrame(
        {
            "listener": names.gather(rows),
            "purpose": pl.Series([purpose], dtype=pl.String).new_from_index(0, len(rows)),
            "state": pl.Series([state], dtype=pl.String).new_from_index(0, len(rows)),
            "valid_from": pl.Series(at_s[rows] * 1000).cast(pl.Datetime("ms", "UTC")),
        },
        schema=_SCHEMA,
    )
