"""Derives integer ids from texts; a text has the same id in every lake."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import polars as pl


def stable_ids(texts: pl.Series) -> pl.Series:
    """Returns 63 bits of a BLAKE2b hash per text as Int64; null for null.

    Hashes, unlike a counter, do not depend on the order of imports, need no coordination, and agree between lakes. The probability
    that any two of 10⁸ distinct texts share an id is about 0.05 %. Hashing costs about 0.8 µs per distinct text.
    """
    unique = texts.unique()
    if len(unique) == len(texts) and not texts.null_count():  # all texts are distinct, so there is nothing to map back
        return _hashes(texts)
    unique = unique.drop_nulls()
    known = pl.DataFrame({"text": unique, "id": _hashes(unique)})
    return texts.to_frame("text").join(known, on="text", how="left", maintain_order="left")["id"].alias(texts.name)


def _hashes(texts: pl.Series) -> pl.Series:
    """Returns the id of each text, in order; the texts have no nulls."""
    begun, digests = blake2b(digest_size=8), []
    for text in texts.cast(pl.Binary).to_list():
        state = begun.copy()  # takes two thirds of the time of a new one
        state.update(text)
        digests.append(state.digest())
    return pl.Series(texts.name, (np.frombuffer(b"".join(digests), dtype=">u8") >> np.uint64(1)).astype(np.int64))


def joined_key(*parts: pl.Expr) -> pl.Expr:
    """Joins texts into one key that distinguishes null parts from empty ones."""
    return pl.concat_str([part.fill_null("\x1e") for part in parts], separator="\x1f")
