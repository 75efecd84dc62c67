"""The charts that the microsite shows: those that were delivered through the privacy gate to the public, byte for byte."""

from __future__ import annotations

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.exports.charts import NUMBERS, RANKS
from wrapped_assets.privacy.passage import folder_of
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.privacy.staged_files import hash_of_folder, read_table
from wrapped_assets.storage import exports
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.microsite.data import Charts, Entry

EXPORT, PUBLIC = "charts", "the public"


def delivered(root: Root, year: int) -> ExportRecord | None:
    """The release of a year's charts that left and was not destroyed since; the last of several."""
    there = [each for each in exports.exports_named(root, EXPORT, year, None) if each.state == "delivered" and each.expired_at is None]
    return max(there, key=lambda each: (str(each.delivered_at), each.export_id), default=None)


def charts_of(root: Root, record: ExportRecord | None) -> Charts | None:
    """The charts of a release; None without one.

    RefusedError where its bytes are not those that were cleared, or its policy does not give them to the public.
    """
    if record is None:
        return None
    if PUBLIC not in policy_of(EXPORT).policy.recipients:
        raise RefusedError("the charts' policy does not name the public among its recipients: the microsite may not show them")
    folder = folder_of(root, record.export_id)
    if not folder.is_dir() or hash_of_folder(folder) != record.sha256:
        raise RefusedError(f"the delivered charts of {record.year} are gone or damaged: `wrapped export charts --year {record.year}` again")
    ranks = read_table((folder / RANKS).read_bytes(), ["chart_rank"])
    numbers = read_table((folder / NUMBERS).read_bytes(), ["chart_rank", "about_listeners"])
    countries: dict[str, list[Entry]] = {}
    for row in numbers.sort("country", "chart_rank").iter_rows(named=True):
        countries.setdefault(row["country"], []).append(_entry(row))
    songs = tuple(map(_entry, ranks.sort("chart_rank").iter_rows(named=True)))
    return Charts(songs, {country: tuple(entries) for country, entries in countries.items()}, record.export_id)


def _entry(row: dict[str, object]) -> Entry:
    place, listeners = row["chart_rank"], row.get("about_listeners")
    assert isinstance(place, int)
    return Entry(place, str(row["recording_name"]), str(row["artist_name"]), listeners if isinstance(listeners, int) else None)
