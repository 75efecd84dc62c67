"""What outside inputs say of each year, as hashes: profiles by bucket and column, groups, and the tables of a catalogue."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xxhash

from wrapped_assets.contracts.graph import EXTERNALS
from wrapped_assets.kernels.hashing import digests, frame_hashes
from wrapped_assets.planning.situation import NO_BUCKET
from wrapped_assets.storage import catalogues, groups
from wrapped_assets.storage.landing import PLAYS, Chunk, people_of
from wrapped_assets.storage.profiles import profiles_frame
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Month

Hashes = dict[tuple[str, str, int], dict[str, str]]


def given_by_the_year(root: Root, chunks: Mapping[tuple[str, str, int], list[Chunk]], told_by: Mapping[int, str | None]) -> Hashes:
    """(input, year, bucket) → column → hash. `told_by` says which version of the catalogue each year's edition uses."""
    found = _profiles(root, chunks)
    members = groups.members_frame(root)
    for year, version in told_by.items():
        if members.height:
            found[EXTERNALS["groups"], str(year), NO_BUCKET] = frame_hashes(members)
        for asset, file in catalogues.files_of(root, version).items():
            found[asset, str(year), NO_BUCKET] = file.column_hashes
    return found


def _profiles(root: Root, chunks: Mapping[tuple[str, str, int], list[Chunk]]) -> Hashes:
    """Of the listeners of each year and bucket, and of no others: a newcomer changes no old year."""
    near: dict[tuple[int, int], list[Chunk]] = {}
    for (asset, month, bucket), found in chunks.items():
        if asset == PLAYS:
            for year in {Month.parse(month).shift(shift).year for shift in (-1, 0, 1)}:
                near.setdefault((year, bucket), []).extend(found)
    people = profiles_frame(root)
    ids = people["listener_id"].to_numpy()
    values = {name: digests(people[name]) for name in people.columns}
    hashes: Hashes = {}
    for (year, bucket), found in near.items():
        present = people_of(found)
        places = np.searchsorted(ids, present)
        hashes[EXTERNALS["profiles"], str(year), bucket] = {
            name: xxhash.xxh3_128(present.tobytes() + each[places].tobytes()).hexdigest() for name, each in values.items()
        }
    return hashes
