"""Matching once more, in plain Python and from the sentences of docs/catalogue.md: row by row, with nothing shared with the assets."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def the_one(values: list[Any]) -> Any:
    """The value that all who give one agree on; None where they do not."""
    given = {value for value in values if value is not None}
    return given.pop() if len(given) == 1 else None


def agreed(rows: list[Row], fact: str, authority: str) -> Any:
    """MusicBrainz overrules the others, as soon as it says anything."""
    trusted = [row[fact] for row in rows if row[authority] and row[fact] is not None]
    return the_one(trusted or [row[fact] for row in rows if not row[authority]])


def artist_rows(name: str, heard: list[Row], known: list[Row]) -> list[Row]:
    """The rows that are sure to be the artist of that name, the surest first."""
    mbids = {
        mbid
        for track in heard
        if track["artist_mbids"] and len(track["artist_mbids"]) == len(track["artist_names"])
        for artist, mbid in zip(track["artist_names"], track["artist_mbids"], strict=True)
        if artist == name and mbid
    }
    if len(mbids) > 1:
        return []
    of_name = [row for row in known if row["artist_name"] == name]
    with_mbid, without = [row for row in of_name if row["artist_mbid"]], [row for row in of_name if not row["artist_mbid"]]
    by_mbid = [row for row in known if row["artist_mbid"] in mbids] if mbids else []
    if mbids:
        beside = without if len(without) == 1 and len(with_mbid) <= 1 else []
        main = by_mbid
    elif len(with_mbid) > 1 or len(without) > 1:
        return []
    else:
        main, beside = with_mbid, without
    if len({row["country"] for row in main + beside if row["country"]}) > 1:
        return by_mbid
    return main + beside


def first(rows: list[Row], fact: str) -> Any:
    return next((row[fact] for row in rows if row[fact] is not None), None)


def artist(name: str, heard: list[Row], known: list[Row]) -> tuple[Any, ...] | None:
    """Country, place and MBID; None where there is no row."""
    rows = artist_rows(name, heard, known)
    found = tuple(first(rows, fact) for fact in ("country", "place_name", "artist_mbid"))
    return found if any(value is not None for value in found) else None


def recording_matches(key: tuple[Any, ...], heard: list[Row], known: list[Row]) -> list[list[Row]]:
    """The known rows of one recording by each way of matching, the surest way first."""
    spellings = [track for track in heard if (track["title"], tuple(track["artist_names"])) == key]
    ways = [
        [row for row in known if row[fact] and row[fact] in {track[fact] for track in spellings}]
        for fact in ("recording_mbid", "isrc", "spotify_uri")
    ]
    return [*ways, [row for row in known if (row["recording_name"], tuple(row["artist_names"])) == key]]


def release_group_of(key: tuple[Any, ...], heard: list[Row]) -> list[str]:
    """The release groups that most of the recording's spellings name: several where as many name each."""
    spellings = [track for track in heard if (track["title"], tuple(track["artist_names"])) == key]
    distinct = {repr(track): track["release_group_name"] for track in spellings if track["release_group_name"]}
    counts = {name: list(distinct.values()).count(name) for name in distinct.values()}
    return [name for name, count in counts.items() if count == max(counts.values())]


def canonical(tags: list[str], genres: list[Row]) -> set[str]:
    """Tags as the tree spells them."""
    if not genres:
        return {tag.lower() for tag in tags}
    names = {row["genre_name"] for row in genres}
    aliases: dict[str, set[str]] = {}
    for row in genres:
        for alias in row["genre_aliases"] or ():
            aliases.setdefault(alias.lower(), set()).add(row["genre_name"])
    lowered = [tag.lower() for tag in tags]
    return {tag if tag in names else min(aliases[tag]) for tag in lowered if tag in names or tag in aliases}
