"""The links of many buckets, of which no more are in memory than are asked for.

A plan reads their hashes alone; a unit reads the links of its bucket. So the memory of a build does not grow with the number of listeners.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from wrapped_assets.building.link_marks import Chunks, Known, Marks
from wrapped_assets.building.linking import Linked, links_of, marks_of
from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.storage.root import Root

Slot = tuple[int, str | None]  # a bucket, and a version of the catalogue


@dataclass(frozen=True)
class BucketLinks(Mapping[Slot, Linked | None]):
    """Bucket and version of the catalogue → links; None where a landed file is damaged or gone, so that what reads it says so."""

    root: Root
    chunks: Chunks
    known: Mapping[str | None, Known]
    slots: tuple[Slot, ...]
    last: dict[Slot, Linked | None] = field(default_factory=dict, repr=False, compare=False)  # one at most, of whoever asked last

    @staticmethod
    def of(root: Root, chunks: Chunks, known: Mapping[str | None, Known]) -> BucketLinks:
        """Of every bucket with chunks, under every version."""
        buckets = sorted({bucket for _, _, bucket in chunks})
        return BucketLinks(root, chunks, known, tuple((bucket, version) for bucket in buckets for version in known))

    def within(self, buckets: Collection[int], versions: Collection[str | None]) -> BucketLinks:
        """Those of some buckets and versions."""
        slots = tuple(slot for slot in self.slots if slot[0] in buckets and slot[1] in versions)
        return replace(self, slots=slots)

    def marks(self, slot: Slot) -> Marks:
        """The hashes of a slot's links by month; none where a landed file is damaged or gone."""
        bucket, version = slot
        try:
            return marks_of(self.root, self.chunks, bucket, self.known[version])
        except (BuildError, FileNotFoundError):
            return {}

    def __getitem__(self, slot: Slot) -> Linked | None:
        if slot not in self.slots:
            raise KeyError(slot)
        if slot not in self.last:
            self.last.clear()
            self.last[slot] = self._read(*slot)
        return self.last[slot]

    def _read(self, bucket: int, version: str | None) -> Linked | None:
        try:
            return links_of(self.root, self.chunks, bucket, self.known[version])
        except (BuildError, FileNotFoundError):
            return None

    def __iter__(self) -> Iterator[Slot]:
        return iter(self.slots)

    def __len__(self) -> int:
        return len(self.slots)
