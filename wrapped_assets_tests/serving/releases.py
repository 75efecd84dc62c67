"""A delivered release of public charts, as the gate leaves it in a data root."""

from __future__ import annotations

from datetime import UTC, datetime

from wrapped_assets.privacy.passage import folder_of
from wrapped_assets.privacy.staged_files import hash_of_folder, write_files
from wrapped_assets.storage import exports
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.root import Root

RANKS = "chart_rank,recording_name,artist_name\n1,Eple,Röyksopp\n2,<b>Moon</b>,Bo & Ana\n3,So Here,Röyksopp\n"
NUMBERS = "country,chart_rank,recording_name,artist_name,about_listeners\nNO,1,Eple,Röyksopp,180\nNO,2,Walk,Cy,60\n"


def deliver_charts(root: Root, year: int = 2025, ranks: str = RANKS, state: str = "delivered") -> ExportRecord:
    """Records an export `charts` of these tables."""
    export_id, now = f"{year:032x}", datetime.now(UTC)
    folder = folder_of(root, export_id)
    folder.mkdir(parents=True)
    write_files(folder, {"chart_ranks.csv": ranks.encode(), "chart_numbers.csv": NUMBERS.encode(), "privacy_report.json": b"{}"})
    delivered_at = now if state == "delivered" else None
    record = ExportRecord(export_id, "charts", year, state, hash_of_folder(folder), "0" * 64, "snapshot", None, now, now, delivered_at)
    exports.add_export(root, record)
    return record
