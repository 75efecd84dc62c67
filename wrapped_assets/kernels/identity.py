"""Integer ids from texts: the same text gives the same id in every lake, whatever came before."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import polars as pl


def stable_ids(texts: pl.Series) -> pl.Series:
    """63 bits of a BLAKE2b hash per text, as Int64; null for null.

    Hashes instead of a counter: ids do not depend on the order of imports, need no coordination, and two lakes agree. With
    10⁸ distinct texts two of them share an id with a probability of about 0.05 %. Cost: about 0.8 µs per distinct text.
    """
    unique = texts.unique()
    if len(unique) == len(texts) and not texts.null_count():  # an order of its own would only have to be undone
        return _hashes(texts)
    unique = unique.drop_nulls()
    known = pl.DataFrame({"text": unique, "id": _hashes(unique)})
    return texts.to_frame("text").join(known, on="text", how="left", maintain_order="left")["id"].alias(texts.name)


def _hashes(texts: pl.Series) -> pl.Series:
    """The id of every text, in their order; no nulls."""
    digests = b"".join([blake2b(text, digest_size=8).digest() for text in texts.cast(pl.Binary).to_list()])
    return pl.Series(texts.name, (np.frombuffer(digests, dtype=">u8") >> np.uint64(1)).astype(np.int64))


def joined_key(*parts: pl.Expr) -> pl.Expr:
    """One text over several, null parts kept apart from empty ones."""
    return pl.concat_str([part.fill_null("\x1e") for part in parts], separator="\x1f")
