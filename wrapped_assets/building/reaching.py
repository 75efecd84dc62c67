"""Tells where a listener's clock may put landed plays into the month before or after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping

from wrapped_assets.listens.clocks import reach
from wrapped_assets.storage.chunks import Chunk
from wrapped_assets.vocabulary.periods import Month


def mark_reach(
    landed: Mapping[tuple[str, str, int], MutableMapping[str, str]],
    chunks: Mapping[tuple[str, str, int], Iterable[Chunk]],
    zones: Mapping[int, str],
) -> None:
    """Says of landed months whether somebody's clock may put some of their plays into the month before ("early") or after ("late")."""
    for key, found in chunks.items():
        for chunk in found:
            if chunk.is_early or chunk.is_late:
                present = {zones[listener_id] for listener_id in chunk.listener_ids() if listener_id in zones}
                reached = [reach(zone, Month.parse(chunk.month)) for zone in present]
                if chunk.is_early and any(behind for behind, _ in reached):
                    landed[key]["early"] = "yes"
                if chunk.is_late and any(ahead for _, ahead in reached):
                    landed[key]["late"] = "yes"
