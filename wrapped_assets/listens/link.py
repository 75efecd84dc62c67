"""Links spellings in one listener's history: an id with two names, two names of one playback, plays without their album.

A link replaces one spelling of a track by another for one listener. Links depend on that listener's plays alone.
"""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from wrapped_assets.kernels.components import labelled
from wrapped_assets.kernels.titles import remaster_year
from wrapped_assets.listens.code import LANDED_TRACKS, recoded
from wrapped_assets.listens.played_together import played_together
from wrapped_assets.listens.same_take import same_take
from wrapped_assets.listens.spellings import Names, identified

# `is_unused`: a spelling of the same recording and artists that no listener uses any more. Exclusions still need other spellings.
LINKS: dict[str, pl.DataType] = {
    "listener_id": pl.Int64(), "variant_id": pl.Int64(), "linked_variant_id": pl.Int64(), "is_unused": pl.Boolean(),
}  # fmt: skip
PLAYS_READ = ("listener_id", "variant_id", "listened_at", "ms_played", "source_code")
_NO_ARTIST = ("various artists", "various", "verschiedene interpreten", "varios artistas", "vários intérpretes", "unknown artist", "va")
_NEWEST = datetime(9999, 1, 1, tzinfo=UTC)
_MOST_NAMES = 3  # of one artist; more names come from a wrong mapping


def linked(plays: pl.DataFrame, names: Names) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns links (LINKS) and their target tracks (LANDED_TRACKS) from the plays (PLAYS_READ) of `names.candidates()`."""
    heard = plays.group_by("listener_id", "variant_id").agg(_plays=pl.len(), _last=pl.col("listened_at").max())
    heard = _with_known(heard, names.known)
    tracks = names.tracks.join(heard.select("variant_id").unique(), on="variant_id", how="semi")
    one_name = pl.concat(find(plays, tracks) for find in (played_together, same_take))
    whom = _who_may_have_links(heard, one_name, names.meetings)
    others = heard.filter(~pl.col("listener_id").is_in(whom.implode()), pl.col("_plays") > 0)["variant_id"]
    heard = heard.filter(pl.col("listener_id").is_in(whom.implode())).join(tracks, on="variant_id")
    if heard.is_empty():
        return pl.DataFrame(schema=LINKS), pl.DataFrame(schema=LANDED_TRACKS)
    heard = heard.with_columns(
        _year=remaster_year(pl.col("recording_name")).fill_null(0), _own_recording="recording_id", _own_credit=_credit_key()
    )
    renamed = _with_new_artists(heard, names.keyed)
    joined = _with_one_name(renamed, names.keyed, one_name).filter(pl.col("_plays") > 0)
    return _coded(_with_albums(_with_one_spelling(joined)), others)


def _who_may_have_links(heard: pl.DataFrame, one_name: pl.DataFrame, meetings: pl.DataFrame) -> pl.Series:
    """The listeners who heard several facts of a group, or played two names at one time: nobody else has anything to link."""
    met = heard.select("listener_id", "variant_id").join(meetings, on="variant_id")
    several = met.group_by("listener_id", "group").agg(pl.col("fact").n_unique()).filter(pl.col("fact") > 1)
    return pl.concat([several["listener_id"], one_name["listener_id"]]).unique()


def _with_known(heard: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Adds the catalogue's name of each heard variant, which was never played and is newer than every name that was."""
    never, newest = pl.lit(0, heard.schema["_plays"]), pl.lit(_NEWEST, heard.schema["_last"])
    named = heard.join(known, on="variant_id")
    return pl.concat([heard, named.select("listener_id", variant_id="known_variant_id", _plays=never, _last=newest)])


def with_linked(tracks: pl.DataFrame, links: pl.DataFrame, led_to: pl.DataFrame) -> pl.DataFrame:
    """Returns a month's tracks with the targets of its links and without spellings that no listener uses any more."""
    if links.is_empty():
        return tracks
    unused, wanted = links.filter("is_unused")["variant_id"], links["linked_variant_id"]
    added = led_to.filter(pl.col("variant_id").is_in(wanted.implode())).select(tracks.columns)
    return pl.concat([tracks.filter(~pl.col("variant_id").is_in(unused.implode())), added])


_MOST_SEEN, _DOWN = ["_plays", "_last", "variant_id"], [True, True, False]  # of spellings: the most played, then the newest
_NEWEST_FIRST = {"_last": True, "_year": True, "_plays": True}


def _with_new_artists(heard: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Gives artists for whom an id has two names the newer one; `_is_changed` marks the changed rows."""
    by_id = keys.filter(~pl.col("key").str.starts_with("name "))
    one = heard.join(by_id, on="variant_id").select("listener_id", "key", "artist_id", "_title", "_artist", "_primary")
    two = one.join(one, on=["listener_id", "key", "_title"], suffix="_right")
    generic = pl.any_horizontal(pl.col(name).is_in(_NO_ARTIST) for name in ("_primary", "_primary_right"))
    pairs = two.filter(pl.col("_artist") != pl.col("_artist_right"), ~generic).select("listener_id", a="artist_id", b="artist_id_right")
    heard = heard.with_columns(_is_changed=pl.lit(value=False))
    renames = _artist_names(heard, pairs)
    flat = heard.select("listener_id", "variant_id", artist_id_each="artist_ids", _old_name="artist_names")
    by_name = flat.explode("artist_id_each", "_old_name")
    named = by_name.join(renames, on=["listener_id", "artist_id_each"], how="left", maintain_order="left")
    new, old = pl.coalesce("_new_name", "_old_name"), pl.col("_old_name")
    lists = named.group_by("listener_id", "variant_id", maintain_order=True).agg(_renamed=new, _is_new=(new != old).any())
    rows = heard.join(lists.filter("_is_new"), on=["listener_id", "variant_id"], how="left", maintain_order="left")
    guests = pl.col("_renamed").list.slice(1).list.join(", ")
    credit = pl.col("_renamed").list.first() + pl.when(guests != "").then(pl.lit(" feat. ") + guests).otherwise(pl.lit(""))
    changed = rows.filter(pl.col("_is_new").is_not_null()).with_columns(
        artist_names="_renamed", artist_name=credit, _is_changed=pl.lit(value=True), _row=pl.int_range(pl.len())
    )
    if changed.is_empty():
        return heard
    ids = identified(changed.select("artist_names", "artist_name", "recording_name", "media", variant_id="_row"))
    fresh = changed.drop("recording_id", "artist_id", "artist_ids").join(
        ids.select("recording_id", "artist_ids", _row="variant_id", artist_id=pl.col("artist_ids").list.first()), on="_row"
    )
    kept = rows.filter(pl.col("_is_new").is_null())
    return pl.concat([kept.select(heard.columns), fresh.select(heard.columns)])


def _artist_names(heard: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Returns listener_id, artist_id_each, _new_name: each artist's most frequent name, or a renamed artist's newest one."""
    named = heard.select("listener_id", "_plays", "_last", "_year", artist_id="artist_ids", _name="artist_names")
    names = named.explode("artist_id", "_name")
    spelled = names.group_by("listener_id", "artist_id", "_name").agg(pl.col("_plays").sum(), pl.col("_last", "_year").max())
    artist = ["listener_id", "artist_id"]
    totals = spelled.group_by(artist).agg(pl.col("_plays").sum(), pl.col("_last", "_year").max())
    shown = _first_of(spelled.sort("_plays", "_last", "_name", descending=_DOWN), artist).select(*artist, "_name")
    groups = labelled(pairs.unique(), "listener_id").rename({"node": "artist_id"})
    groups = groups.filter(pl.len().over("listener_id", "label") <= _MOST_NAMES)
    labels = totals.join(groups, on=artist, how="left").with_columns(label=pl.coalesce("label", "artist_id")).join(shown, on=artist)
    order = [*_NEWEST_FIRST, "_name"]
    newest = _first_of(labels.sort(order, descending=[*_NEWEST_FIRST.values(), False]), ["listener_id", "label"])
    chosen = newest.select("listener_id", "label", _new_name="_name")
    return labels.join(chosen, on=["listener_id", "label"]).select("listener_id", "_new_name", artist_id_each="artist_id")


def _with_one_name(heard: pl.DataFrame, keys: pl.DataFrame, together: pl.DataFrame) -> pl.DataFrame:
    """Gives the rows of linked recordings the names of the newest one."""
    who = ["listener_id", "variant_id"]
    keyed = heard.select(*who, "recording_id").join(keys, on="variant_id")
    first = keyed.group_by("listener_id", "key").agg(pl.col("recording_id").min())
    pairs = keyed.join(first, on=["listener_id", "key"]).select("listener_id", a="recording_id", b="recording_id_right")
    of = heard.select(*who, "recording_id")
    met = together.join(of, on=who).join(of, left_on=["listener_id", "variant_id_right"], right_on=who, suffix="_right")
    pairs = pl.concat([pairs, met.select("listener_id", a="recording_id", b="recording_id_right")])
    pairs = pairs.filter(pl.col("a") != pl.col("b")).unique()
    if pairs.is_empty():
        return heard.with_columns(_joined=pl.col("recording_id"))
    groups = labelled(pairs, "listener_id").select("listener_id", "label", recording_id="node")
    ranked = heard.join(groups, on=["listener_id", "recording_id"])
    totals = ranked.group_by("listener_id", "label", "recording_id").agg(
        pl.col("_last").max(), pl.col("_year").max(), pl.col("_plays").sum(), _name=pl.col("recording_name").min()
    )
    order = [*_NEWEST_FIRST, "_name", "recording_id"]
    group = ["listener_id", "label"]
    newest = _first_of(totals.sort(order, descending=[*_NEWEST_FIRST.values(), False, False]), group)
    newest = newest.select(*group, _joined="recording_id")
    spelled = ranked.join(newest, left_on=[*group, "recording_id"], right_on=[*group, "_joined"], how="semi")
    most_seen = _first_of(spelled.sort(_MOST_SEEN, descending=_DOWN), group)
    shown = most_seen.select(*group, *(pl.col(name).alias(f"_{name}") for name in _SHOWN))
    rows = heard.join(groups, on=["listener_id", "recording_id"], how="left").join(newest, on=group, how="left")
    rows = rows.join(shown, on=group, how="left")
    is_old = pl.col("_joined").is_not_null() & (pl.col("_joined") != pl.col("recording_id"))
    return rows.with_columns(
        *(pl.when(is_old).then(f"_{name}").otherwise(name).alias(name) for name in _SHOWN),
        _is_changed=pl.col("_is_changed") | is_old, _joined=pl.coalesce("_joined", "recording_id"),
    )  # fmt: skip


def _first_of(ordered: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    return ordered.unique(group, keep="first", maintain_order=True)


_SHOWN = ("recording_name", "artist_name", "artist_names", "artist_mbids")


def _credit_key() -> pl.Expr:
    return pl.col("artist_ids").cast(pl.List(pl.String)).list.join(",")


def _with_one_spelling(heard: pl.DataFrame) -> pl.DataFrame:
    """Gives the rows of one recording and credit the most frequent title; a tie goes to the latest."""
    one = ["listener_id", "_joined", "_credit"]
    rows = heard.with_columns(_credit=_credit_key())
    spelled = rows.group_by(*one, "recording_name", "artist_name").agg(pl.col("_plays").sum(), pl.col("_last").max())
    order = ["_plays", "_last", "recording_name", "artist_name"]
    shown = _first_of(spelled.sort(order, descending=[True, True, False, False]), one)
    named = rows.join(shown.select(*one, _title_shown="recording_name", _artist_shown="artist_name"), on=one)
    is_other = (pl.col("_title_shown") != pl.col("recording_name")) | (pl.col("_artist_shown") != pl.col("artist_name"))
    return named.with_columns(recording_name="_title_shown", artist_name="_artist_shown", _is_changed=pl.col("_is_changed") | is_other)


def _with_albums(heard: pl.DataFrame) -> pl.DataFrame:
    """Gives plays without an album the most frequent album of the listener's other plays of the recording."""
    who, album = ["listener_id", "_joined"], pl.col("release_group_name")
    filled = album.sort_by(_MOST_SEEN, descending=_DOWN, maintain_order=True).first()
    seen = heard.filter(album.is_not_null()).group_by(*who, "_album").agg(pl.col("_plays").sum(), pl.col("_last").max(), _filled=filled)
    best = _first_of(seen.sort("_plays", "_last", "_album", descending=_DOWN), who)
    rows = heard.join(best.select(*who, "_filled"), on=who, how="left")
    is_filled = album.is_null() & pl.col("_filled").is_not_null()
    return rows.with_columns(release_group_name=pl.coalesce(album, "_filled"), _is_changed=pl.col("_is_changed") | is_filled)


def _coded(heard: pl.DataFrame, others: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns the changed rows as links, and the tracks with their new names. `others` are variants that listeners without links heard."""
    changed = heard.filter("_is_changed").sort("listener_id", "variant_id")
    own = changed.select("listener_id", *LANDED_TRACKS)
    coded = recoded(own)
    links = own.select("listener_id", "variant_id").with_columns(linked_variant_id=coded["variant_id"])
    is_moved = links["variant_id"] != links["linked_variant_id"]
    moved = links.filter(is_moved)
    still = heard.join(moved, on=["listener_id", "variant_id"], how="anti")["variant_id"]
    kept = pl.concat([others, still, moved["linked_variant_id"]])
    is_same = (changed["_joined"] == changed["_own_recording"]) & (changed["_credit"] == changed["_own_credit"])
    respelled = moved.with_columns(is_unused=is_same.filter(is_moved) & ~moved["variant_id"].is_in(kept.implode()))
    return respelled.select(list(LINKS)), coded.filter(is_moved).unique("variant_id").sort("variant_id")
