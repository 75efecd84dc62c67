"""Playlists to write: a fictional one, and Hypothesis strategies for hostile names."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistTrack

MBID = "9c8f6e3c-0a1b-4222-8333-{:012d}"
URI = "spotify:track:{:022d}"
COMPLETE = PlaylistTrack(
    1, "Lantern Season", "Marrow & Pine feat. Odile Vantage", ["Marrow & Pine", "Odile Vantage"], "Paper Harbour", 216_400,
    MBID.format(1).upper(), [MBID.format(2), "not an id"], MBID.format(3), URI.format(1), "GB-AYE-06-01498",
)  # fmt: skip
WITHOUT_MBID = PlaylistTrack(2, "Night Bus", "Tidal Arcade", ["Tidal Arcade"], None, None, None, [], None, URI.format(2))
WITHOUT_ADDRESS = PlaylistTrack(3, "Demo 7", "Unsigned", recording_mbid=MBID.format(4))
NAMES_ONLY = PlaylistTrack(4, "Whistle", "Nobody", spotify_uri="spotify:local:Nobody::Whistle:60")
NOTHING = PlaylistTrack(5)
MIXED = PlaylistData(
    "Your top songs 2025", date(2025, 12, 31), [COMPLETE, WITHOUT_MBID, WITHOUT_ADDRESS, NAMES_ONLY, NOTHING],
    "What you played most, told by days.", "Ana",
)  # fmt: skip

NASTY = [
    "\n",
    "\r\n",
    "\0",
    "\x1b[31m",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\ufffe",
    "\ud800",
    "]]>",
    "<b>&amp;",
    '"',
    ";",
    ",",
    "#EXTINF:1,",
    "\u2028",
]
FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "a;=1", "＝1"]
names = st.none() | st.lists(st.text(max_size=20) | st.sampled_from(NASTY + FORMULAS), max_size=6).map("".join) | st.just("W" * 300)
tracks = st.builds(
    PlaylistTrack,
    position=st.integers(1, 100),
    recording_name=names,
    artist_name=names,
    artist_names=st.lists(names.filter(lambda name: name is not None), max_size=3),
    release_group_name=names,
    duration_ms=st.none() | st.integers(-5, 10**7),
    recording_mbid=st.none() | st.uuids().map(str) | names,
    artist_mbids=st.lists(st.uuids().map(str), max_size=2),
    release_mbid=st.none() | st.uuids().map(str) | names,
    spotify_uri=st.none() | st.integers(0, 10**22 - 1).map(URI.format) | names,
    isrc=st.none() | st.just("GBAYE0601498") | names,
)
playlists = st.builds(
    PlaylistData, title=names.map(lambda name: name or ""), created=st.dates(), tracks=st.lists(tracks, max_size=5),
    description=names.map(lambda name: name or ""), listener_name=names,
)  # fmt: skip
