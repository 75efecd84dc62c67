"""Files that people bring and that are no listening history, or none that can be read: what they are, and what to bring instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from wrapped_assets.contracts.source import Head
from wrapped_assets.sources.delimited import SEPARATORS, compared
from wrapped_assets.sources.json_rows import keys_of
from wrapped_assets.sources.other_files import OTHER_FILES


def _named(pattern: str) -> Callable[[Head], bool]:
    return lambda head: re.search(pattern, head.name, re.IGNORECASE) is not None


def _keys(*keys: str) -> Callable[[Head], bool]:
    return lambda head: keys_of(head.first_bytes) >= set(keys)


def _columns(*names: str) -> Callable[[Head], bool]:
    def has(head: Head) -> bool:
        line = head.first_bytes[:4000].decode("utf-8", "replace").partition("\n")[0]
        return any(set(names) <= {compared(name) for name in line.split(separator)} for separator in SEPARATORS)

    return has


STRANGERS: tuple[tuple[Callable[[Head], bool], str], ...] = (
    (_named(r"search-history\.(json|html)\Z"), "this is YouTube's search history: bring watch-history.json, which lies beside it"),
    (_keys("userId", "searchQuery"), "this is Spotify's search history: bring the StreamingHistory files, which lie beside it"),
    (_keys("tracks", "albums", "shows", "episodes"), "this is Spotify's library: it says what was saved, not what was played"),
    (_keys("playlists", "items"), "this is a list of playlists: it says what was collected, not what was played"),
    (_columns("track_uri", "track_name"), "this is a playlist as a table: it says what was collected, not what was played"),
    (
        _columns("track_description", "date_played"),
        "this is Apple's daily history, which has no times: bring Apple Music Play Activity.csv, which lies beside it",
    ),
    (
        lambda head: keys_of(head.first_bytes) >= {"Title", "Artist"} and b'"Track Identifier"' in head.first_bytes,
        "this is Apple's library: bring Apple Music Play Activity.csv, which lies in the same export",
    ),
    (
        _columns("track_description", "total_plays"),
        "this is Apple's list of recent tracks: bring Apple Music Play Activity.csv, which lies beside it",
    ),
    (_columns("asin", "artist_asin"), "this is Amazon Music's library: bring listening.csv, which lies beside it"),
    (_columns("asin"), "this is Amazon's data, but not Amazon Music's listening.csv: bring that"),
    (
        _named(
            r"\A(Userdata|Identity|Identifiers|Inferences|Follow|Payments|Marquee|YourSoundCapsule|DuoNewFamily|FamilyPlan|UserPrompts|"
            r"Wrapped\d*|Playlist\d*|YourLibrary|SearchQueries)[^/]*\.json\Z"
        ),
        "this is another file of Spotify's account data: bring the StreamingHistory files, which lie beside it",
    ),
    (
        lambda head: keys_of(head.first_bytes) >= {"header", "title", "time"},
        "this is Google's My Activity of another service: choose YouTube's history in Google Takeout, as JSON",
    ),
    (_columns("channel_id"), "this is another table of Google's Takeout: bring watch-history.json"),
    (_columns("video_id"), "this is another table of Google's Takeout: bring watch-history.json"),
    (_columns("playcount"), "this is a table of counts: it says how often something was played, not when"),
    (_columns("play_count"), "this is a table of counts: it says how often something was played, not when"),
    (
        lambda head: b"<plist" in head.first_bytes[:1000] and b"Track" in head.first_bytes,
        "this is an iTunes library: it counts plays without saying when",
    ),
    (
        lambda head: {"media_file", "annotation"} <= set(head.table_names),
        "this is an older Navidrome database, which only counts plays: newer versions keep scrobbles",
    ),
    (
        lambda head: "TypedBaseItems" in head.table_names or "BaseItems" in head.table_names,
        "this is Jellyfin's library: bring the database of its Playback Reporting plugin, playback_reporting.db",
    ),
    (lambda head: bool(head.table_names), "this is a database or a workbook of another program"),
    (
        lambda head: bool(head.column_names),
        "this is a Parquet file without the columns of an event log: listener, listened_at, recording_name, artist_name",
    ),
)


def told(heads: Iterable[Head]) -> list[str]:
    """One sentence for each kind of stranger among some files, in the order of the table; none for what nobody knows."""
    known = (*STRANGERS, *OTHER_FILES)
    heads = list(heads)
    each = [next((sentence for is_one, sentence in known if is_one(head)), None) for head in heads]
    told_apart = [sentence for _, sentence in known if sentence in each]
    for head, sentence in zip(heads, each, strict=True):
        if sentence is None and (columns := _table(head)):
            told_apart.append(columns)
            break
    return list(dict.fromkeys(told_apart))


def _table(head: Head) -> str | None:
    """What a table lacks, where its first line looks like a header and nobody knows it."""
    if head.first_bytes.lstrip()[:1] in (b"{", b"[", b"<"):
        return None
    line = head.first_bytes[:4000].decode("utf-8", "replace").partition("\n")[0]
    separator = max(SEPARATORS, key=line.count)
    names = [compared(name) for name in line.split(separator)]
    if len(names) < 3 or not all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names):
        return None
    marks = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
    return (
        f"a table of {len(names)} columns between {marks[separator]}: it needs one for the artist, one for the title and one for the time"
    )
