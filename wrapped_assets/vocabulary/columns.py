"""Every column once: its name, type, unit, meaning and privacy class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

PrivacyClass = Literal["direct", "pseudonym", "quasi", "sensitive", "own_content", "aggregate", "public"]

INSTANT = pl.Datetime("ms", "UTC")


@dataclass(frozen=True)
class Column:
    """One word of the dictionary; the same name means the same thing in every table."""

    name: str
    dtype: pl.DataType
    meaning: str
    privacy: PrivacyClass
    unit: str = ""


def _column(name: str, dtype: pl.DataType | type[pl.DataType], meaning: str, privacy: PrivacyClass, unit: str = "") -> Column:
    return Column(name, dtype() if isinstance(dtype, type) else dtype, meaning, privacy, unit)


# Who
listener_id = _column("listener_id", pl.Int64, "Surrogate of a listener: a keyed hash; the name lives in the registry only.", "pseudonym")
time_zone = _column("time_zone", pl.String, "The listener's IANA time zone.", "quasi")

# What was played
variant_id = _column("variant_id", pl.Int64, "One exact spelling of a track as exported: a hash of its texts and ids.", "own_content")
recording_id = _column("recording_id", pl.Int64, "A distinct song: a hash of its normalised title, artists and kind of media.", "own_content")
song_id = _column("song_id", pl.Int64, "Title and primary artist, looser than a recording: finds one playback in two exports.", "own_content")
recording_name = _column("recording_name", pl.String, "The recording's title as displayed.", "own_content")
artist_id = _column("artist_id", pl.Int64, "One artist: a hash of the normalised name.", "own_content")
artist_name = _column("artist_name", pl.String, "The artist's, or the artist credit's, name as displayed.", "own_content")
artist_names = _column("artist_names", pl.List(pl.String), "The credited artists in order, primary first.", "own_content")
artist_ids = _column("artist_ids", pl.List(pl.Int64), "The ids of the credited artists in order, primary first.", "own_content")
artist_credit_id = _column("artist_credit_id", pl.Int64, "The ordered artists of a recording; equals artist_id where there is only one.", "own_content")
artist_position = _column("artist_position", pl.UInt8, "Place of an artist in a credit, primary = 0.", "own_content")
release_group_id = _column("release_group_id", pl.Int64, "An album, single or EP: a hash of its name and primary artist.", "own_content")
release_group_name = _column("release_group_name", pl.String, "The release group's name as displayed.", "own_content")
duration_ms = _column("duration_ms", pl.Int32, "Length of the recording.", "public", "ms")
media = _column("media", pl.String, "music, podcast, audiobook or video.", "own_content")
show_id = _column("show_id", pl.Int64, "A podcast or an audiobook: a hash of the normalised name.", "own_content")
show_name = _column("show_name", pl.String, "The podcast's or audiobook's name as displayed.", "own_content")
recording_mbid = _column("recording_mbid", pl.String, "MusicBrainz recording id.", "own_content")
release_mbid = _column("release_mbid", pl.String, "MusicBrainz release id.", "own_content")
artist_mbids = _column("artist_mbids", pl.List(pl.String), "MusicBrainz artist ids in credit order.", "own_content")
spotify_uri = _column("spotify_uri", pl.String, "spotify:track:… as exported.", "own_content")
release_group_mbid = _column("release_group_mbid", pl.String, "MusicBrainz release group id.", "public")
isrc = _column("isrc", pl.String, "International Standard Recording Code.", "own_content")

# What a catalogue knows
known_key = _column("known_key", pl.Int64, "One row of a catalogue's table: a hash of its own id.", "public")
artist_mbid = _column("artist_mbid", pl.String, "MusicBrainz artist id.", "public")
country = _column("country", pl.String, "Country, ISO 3166 alpha-2: of an artist's origin, or of a listener's home.", "quasi")
place_name = _column("place_name", pl.String, "City or region: of an artist's origin, or of a listener's home.", "quasi")
inhabitants = _column("inhabitants", pl.Int64, "People who live in a place.", "public")
genre_name = _column("genre_name", pl.String, "A genre in small letters, as the genre tree spells it.", "public")
genre_names = _column("genre_names", pl.List(pl.String), "The genres that a catalogue gives, as it spells them.", "public")
genre_aliases = _column("genre_aliases", pl.List(pl.String), "Other spellings of a genre.", "public")
parent_genre_name = _column("parent_genre_name", pl.String, "The genre that this one is a kind of; null for a root.", "public")
root_genre_name = _column("root_genre_name", pl.String, "The root of the tree that the genre stands in.", "public")
genre_source = _column("genre_source", pl.String, "Whose genres these are: recording, release_group or artist.", "public")
genre_share = _column("genre_share", pl.Float64, "Part of each listen that the genre gets: 1 over how many there are.", "public", "0–1")
release_year = _column("release_year", pl.Int64, "Year of the original release.", "public")
track_count = _column("track_count", pl.Int64, "Tracks of a release group's original release.", "public")
isrc_key = _column("isrc_key", pl.Int64, "A hash of the ISRC: rows are matched by whole numbers.", "public")
spotify_key = _column("spotify_key", pl.Int64, "A hash of the Spotify URI: rows are matched by whole numbers.", "public")
track_position = _column("track_position", pl.Int64, "Place of a recording on its release, first = 1.", "public")

# Profiles: what listeners let the figures about many people know
birth_year = _column("birth_year", pl.Int64, "The listener's year of birth.", "quasi")
is_findable = _column("is_findable", pl.Boolean, "The listener agreed to be found by people of like taste.", "sensitive")
group_id = _column("group_id", pl.Int64, "A group of people who want their year told together.", "pseudonym")

# When, and how it was played
listened_at = _column("listened_at", INSTANT, "Instant playback started.", "own_content", "UTC")
local_date = _column("local_date", pl.Date, "Calendar day in the listener's time zone.", "own_content")
local_hour = _column("local_hour", pl.Int8, "Hour of the listener's local day, 0 to 23.", "own_content", "h")
local_weekday = _column("local_weekday", pl.Int8, "Weekday of the local day, Monday = 1.", "own_content")
month = _column("month", pl.String, "Local month, YYYY-MM.", "own_content")
ms_played = _column("ms_played", pl.Int64, "Time played; a scrobble's is its recording's length.", "own_content", "ms")
source = _column("source", pl.String, "Name of the input format.", "own_content")
source_code = _column("source_code", pl.UInt8, "Code of the input format.", "own_content")
richness = _column("richness", pl.UInt8, "Which of two records of one playback is kept: the higher.", "public")
resolution_ms = _column("resolution_ms", pl.Int32, "How exact the source's times are.", "public", "ms")
is_head = _column("is_head", pl.Boolean, "Occurs in the month's first hours, which the month before reads too.", "own_content")
is_tail = _column("is_tail", pl.Boolean, "Occurs in the month's last hours, which the month after reads too.", "own_content")
exclusion_kind = _column("exclusion_kind", pl.String, "artist, recording, release_group or hours.", "sensitive")
target_id = _column("target_id", pl.Int64, "What is excluded: an id, or hours as from × 100 + until.", "sensitive")
is_scrobble = _column("is_scrobble", pl.Boolean, "The source submits only plays that already count.", "own_content")
is_private = _column("is_private", pl.Boolean, "Played in a private session.", "sensitive")
is_skipped = _column("is_skipped", pl.Boolean, "The listener skipped it; null where the source does not say.", "own_content")
is_listen = _column("is_listen", pl.Boolean, "Passes the counting rule, inside the edition's window or not.", "own_content")
duplicate_count = _column("duplicate_count", pl.Int64, "Records of the same playback that were dropped in favour of this one.", "own_content")
is_length_known = _column("is_length_known", pl.Boolean, "The played time, or the recording's length in its place, is known.", "own_content")
copy_number = _column("copy_number", pl.Int64, "Tells records apart that agree in all else, first = 1.", "own_content")
kept_listened_at = _column("kept_listened_at", INSTANT, "Start of the record that was kept.", "own_content", "UTC")
kept_source_code = _column("kept_source_code", pl.UInt8, "Format of the record that was kept.", "own_content")
outcome_code = _column("outcome_code", pl.UInt8, "What became of the play: place in vocabulary.outcomes.OUTCOMES.", "own_content")
outcome = _column("outcome", pl.String, "What became of the play: counted, or the reason why not.", "own_content")

# Counts of one listener
play_count = _column("play_count", pl.Int64, "Plays of any length, skips included.", "own_content")
listen_count = _column("listen_count", pl.Int64, "Plays that pass the counting rule inside the window.", "own_content")
minutes = _column("minutes", pl.Float64, "Time played over all plays, short and private ones included.", "own_content", "min")
recording_count = _column("recording_count", pl.Int64, "Distinct recordings.", "own_content")
artist_count = _column("artist_count", pl.Int64, "Distinct artists.", "own_content")
release_group_count = _column("release_group_count", pl.Int64, "Distinct release groups.", "own_content")
active_day_count = _column("active_day_count", pl.Int64, "Distinct local days with a listen.", "own_content", "d")
skip_known_count = _column("skip_known_count", pl.Int64, "Plays of which the source says whether they were skipped.", "own_content")
skip_count = _column("skip_count", pl.Int64, "Plays that the source calls skipped.", "own_content")
episode_count = _column("episode_count", pl.Int64, "Distinct episodes with a minute or more on some day.", "own_content")
show_day_count = _column("show_day_count", pl.Int64, "Distinct local days with a minute or more of one episode.", "own_content", "d")
silence_day_count = _column("silence_day_count", pl.Int64, "Days from a silence's last listen to the next.", "own_content", "d")
loyal_year_count = _column("loyal_year_count", pl.Int64, "Years in a row, up to this one, of hearing it monthly.", "own_content", "y")
unknown_length_count = _column("unknown_length_count", pl.Int64, "Plays that carry no played time and no known length.", "own_content")
minutes_per_day = _column("minutes_per_day", pl.Float64, "Mean minutes over the window's days.", "own_content", "min/d")

# Instants and days found
first_listened_at = _column("first_listened_at", INSTANT, "First listen inside the window.", "own_content", "UTC")
first_recording_id = _column("first_recording_id", pl.Int64, "Recording of the first listen.", "own_content")
first_heard_at = _column("first_heard_at", INSTANT, "First listen, inside the window or not.", "own_content", "UTC")
first_heard_date = _column("first_heard_date", pl.Date, "Local day of the first listen, inside the window or not.", "own_content")
first_heard_month = _column("first_heard_month", pl.String, "Local month of the first listen, inside the window or not, YYYY-MM.", "own_content")
last_heard_date = _column("last_heard_date", pl.Date, "Local day of the last listen, inside the window or not.", "own_content")
silent_since_date = _column("silent_since_date", pl.Date, "Local day of the last listen before a silence.", "own_content")
comeback_date = _column("comeback_date", pl.Date, "Local day of the first listen after a silence.", "own_content")
first_played_at = _column("first_played_at", INSTANT, "First play of any length.", "own_content", "UTC")
top_recording_id = _column("top_recording_id", pl.Int64, "The recording with most listens on the day.", "own_content")
best_local_date = _column("best_local_date", pl.Date, "The local day with most listens of it; the earliest of equals.", "own_content")
best_day_listen_count = _column("best_day_listen_count", pl.Int64, "Listens on that day.", "own_content")
best_day_first_listened_at = _column("best_day_first_listened_at", INSTANT, "First listen on that day.", "own_content", "UTC")
day_mask = _column("day_mask", pl.Int64, "Bit d is set where the month's day d + 1 has a listen.", "own_content")
first_local_date = _column("first_local_date", pl.Date, "First local day of the run.", "own_content")
last_local_date = _column("last_local_date", pl.Date, "Last local day of the run.", "own_content")
streak_day_count = _column("streak_day_count", pl.Int64, "Consecutive local days with a listen.", "own_content", "d")
current_streak_day_count = _column("current_streak_day_count", pl.Int64, "Consecutive local days up to the window's end.", "own_content", "d")
session_started_at = _column("session_started_at", INSTANT, "Start of the session's first play.", "own_content", "UTC")
session_ended_at = _column("session_ended_at", INSTANT, "End of the session's last play.", "own_content", "UTC")
session_minutes = _column("session_minutes", pl.Float64, "From the session's first start to its last end.", "own_content", "min")

# Ranks, shares and what else insights say
recording_rank = _column("recording_rank", pl.Int64, "Place among the listener's recordings, first = 1.", "own_content")
artist_rank = _column("artist_rank", pl.Int64, "Place among the listener's artists, first = 1.", "own_content")
release_group_rank = _column("release_group_rank", pl.Int64, "Place among the listener's release groups, first = 1.", "own_content")
comeback_rank = _column("comeback_rank", pl.Int64, "Place among the listener's comebacks, first = 1.", "own_content")
loyalty_rank = _column("loyalty_rank", pl.Int64, "Place among the artists heard in every month, first = 1.", "own_content")
show_rank = _column("show_rank", pl.Int64, "Place among the listener's shows, first = 1.", "own_content")
cumulative_listen_count = _column("cumulative_listen_count", pl.Int64, "Listens from the window's start to the month's end.", "own_content")
is_peak_month = _column("is_peak_month", pl.Boolean, "The artist's month with most listens; the earliest of equals.", "own_content")
new_artist_count = _column("new_artist_count", pl.Int64, "Artists whose first known listen falls in the window.", "own_content")
new_recording_count = _column("new_recording_count", pl.Int64, "Recordings whose first known listen falls in the window.", "own_content")
biggest_discovery_date = _column("biggest_discovery_date", pl.Date, "Local day with most first-heard recordings; the earliest of equals.", "own_content")
biggest_discovery_count = _column("biggest_discovery_count", pl.Int64, "First-heard recordings on that day.", "own_content")
history_since = _column("history_since", INSTANT, "First listen known of the listener: how far back 'ever' reaches.", "own_content", "UTC")
night_share = _column("night_share", pl.Float64, "Share of listens from 22:00 to 05:00 local time.", "own_content", "0–1")
morning_share = _column("morning_share", pl.Float64, "Share of listens from 05:00 to 12:00 local time.", "own_content", "0–1")
weekend_share = _column("weekend_share", pl.Float64, "Share of listens on Saturday and Sunday.", "own_content", "0–1")
artist_evenness_share = _column("artist_evenness_share", pl.Float64, "Entropy of listens over artists, 0 to its most, 1.", "own_content", "0–1")
top_artist_share = _column("top_artist_share", pl.Float64, "Share of listens that credit the top artist.", "own_content", "0–1")
repeat_share = _column("repeat_share", pl.Float64, "Share of listens beyond each recording's first.", "own_content", "0–1")
skip_share = _column("skip_share", pl.Float64, "Share of skipped plays where known; null where never.", "own_content", "0–1")
quiz_question = _column("quiz_question", pl.String, "What a quiz asks for: a word for the question.", "own_content")
option_position = _column("option_position", pl.Int64, "Place of an answer among those to choose from, first = 1.", "own_content")
option_recording_id = _column("option_recording_id", pl.Int64, "The recording that an answer names.", "own_content")
option_value = _column("option_value", pl.Int64, "The number that an answer gives.", "own_content")
is_true_option = _column("is_true_option", pl.Boolean, "Whether the answer is the true one.", "own_content")
playlist_position = _column("playlist_position", pl.Int64, "Place in the playlist, first = 1.", "own_content")
playlist_score = _column("playlist_score", pl.Float64, "What the playlist orders by.", "own_content")
year = _column("year", pl.Int64, "The edition's year.", "public")
listener_count = _column("listener_count", pl.Int64, "Distinct listeners.", "aggregate")

# An artist's year over all of its listeners, charts, and groups
hours = _column("hours", pl.Float64, "Time of the listens.", "aggregate", "h")
country_count = _column("country_count", pl.Int64, "Distinct countries of listeners, as far as they said.", "aggregate")
previous_listen_count = _column("previous_listen_count", pl.Int64, "Listens of the year before; null where it is not told.", "aggregate")
previous_listener_count = _column("previous_listener_count", pl.Int64, "Listeners of the year before; null where not told.", "aggregate")
artist_recording_rank = _column("artist_recording_rank", pl.Int64, "Place among the artist's recordings by all listens.", "aggregate")
busiest_local_date = _column("busiest_local_date", pl.Date, "The local day with most listens of all; the earliest of equals.", "aggregate")
busiest_day_listen_count = _column("busiest_day_listen_count", pl.Int64, "Listens of all on that day.", "aggregate")
week_date = _column("week_date", pl.Date, "The Monday that the local week begins with.", "aggregate")
favourite_count = _column("favourite_count", pl.Int64, "Listeners whose artist of the year it is.", "aggregate")
super_listener_count = _column("super_listener_count", pl.Int64, "Fewest listeners who give more than half of the listens.", "aggregate")
super_listen_share = _column("super_listen_share", pl.Float64, "Share of the listens that these give.", "aggregate", "0–1")
is_weekend = _column("is_weekend", pl.Boolean, "On a Saturday or Sunday by the listener's calendar.", "own_content")
moment_rank = _column("moment_rank", pl.Int64, "Place among an artist's moments, the most its own first = 1.", "aggregate")
listen_share = _column("listen_share", pl.Float64, "Share of the artist's listens.", "aggregate", "0–1")
listener_share = _column("listener_share", pl.Float64, "Share of the artist's listeners whose home is known.", "aggregate", "0–1")
lift = _column("lift", pl.Float64, "The artist's share divided by everybody's: above 1 is more than usual.", "aggregate")
area_kind = _column("area_kind", pl.String, "country or place.", "aggregate")
area_rank = _column("area_rank", pl.Int64, "Position among an artist's countries, or places, by listeners, first = 1.", "aggregate")
chart_country = _column("chart_country", pl.String, "Country of a chart's listeners, ISO 3166 alpha-2; empty: of all.", "aggregate")
chart_rank = _column("chart_rank", pl.Int64, "Place in a chart, first = 1.", "aggregate")
is_top_artist = _column("is_top_artist", pl.Boolean, "The listener's artist of the year.", "own_content")
award = _column("award", pl.String, "What a member of a group is first in: a word for it.", "own_content")
award_rank = _column("award_rank", pl.Int64, "Place among a group's members in an award, the winner = 1.", "own_content")
award_figure = _column("award_figure", pl.Float64, "What the award was given for: minutes, a count or a share.", "own_content")
other_listener_id = _column("other_listener_id", pl.Int64, "The other listener of a pair: a surrogate as listener_id.", "pseudonym")
overlap_share = _column("overlap_share", pl.Float64, "How far two listeners' shares of artists agree.", "own_content", "0–1")
common_artist_id = _column("common_artist_id", pl.Int64, "The artist who makes most of what two listeners share.", "own_content")

# What a catalogue says of a listener's year
is_track_count_known = _column("is_track_count_known", pl.Boolean, "A catalogue says how many tracks the release group has.", "public")
release_group_score = _column("release_group_score", pl.Float64, "Listens × their evenness over its recordings; listens where unverified.", "own_content")
genre_rank = _column("genre_rank", pl.Int64, "Place among the listener's genres, first = 1.", "own_content")
genre_listens = _column("genre_listens", pl.Float64, "Listens of a genre; a recording's are split evenly over its genres.", "own_content")
genre_listen_share = _column("genre_listen_share", pl.Float64, "Share of the listens with a known genre.", "own_content", "0–1")
genre_known_share = _column("genre_known_share", pl.Float64, "Share of the listener's listens with a known genre.", "own_content", "0–1")
day_part = _column("day_part", pl.String, "Part of the local day: morning, afternoon, evening or night.", "own_content")
median_release_year = _column("median_release_year", pl.Int64, "Half of the listens of a known release year are of it or older.", "own_content")
oldest_recording_id = _column("oldest_recording_id", pl.Int64, "The heard recording of the earliest release year.", "own_content")
release_year_known_share = _column("release_year_known_share", pl.Float64, "Share of the listens with a known release year.", "own_content", "0–1")
country_rank = _column("country_rank", pl.Int64, "Place among the countries of the listener's artists, first = 1.", "own_content")
country_known_share = _column("country_known_share", pl.Float64, "Share of credited listens whose artist's country is known.", "own_content", "0–1")
span_number = _column("span_number", pl.Int64, "A span of months that hang together, the year's first = 1.", "own_content")
span_rank = _column("span_rank", pl.Int64, "Place among a span's genres and among its artists, first = 1.", "own_content")
first_month = _column("first_month", pl.String, "First month of a span, YYYY-MM.", "own_content")
last_month = _column("last_month", pl.String, "Last month of a span, YYYY-MM.", "own_content")
day_kind = _column("day_kind", pl.String, "What a day stands out by: a word for it.", "own_content")
day_figure = _column("day_figure", pl.Float64, "How much of it: minutes, a count, a mean year, or 0 to 1.", "own_content")
new_release_rank = _column("new_release_rank", pl.Int64, "Place among the year's releases for the listener, first = 1.", "own_content")

# Listeners beside others: of like taste, in clubs, on axes between poles
similar_rank = _column("similar_rank", pl.Int64, "Place among the listeners of like taste, the closest = 1.", "own_content")
similar_listener_id = _column("similar_listener_id", pl.Int64, "A listener of like taste, who agreed to be found.", "pseudonym")
similarity_share = _column("similarity_share", pl.Float64, "Cosine of two listeners' listens per recording.", "own_content", "0–1")
missed_rank = _column("missed_rank", pl.Int64, "Place among the recordings that a listener missed, first = 1.", "own_content")
neighbour_listen_count = _column("neighbour_listen_count", pl.Int64, "Listens of the ten of most like taste, inside the window.", "aggregate")

# Places among all listeners
at_least_count = _column("at_least_count", pl.Int64, "Listeners who reach at least this value.", "aggregate")
fan_rank = _column("fan_rank", pl.Int64, "Place among an artist's listeners by listens: 1 and how many have more.", "own_content")
fan_share = _column("fan_share", pl.Float64, "The place divided by the artist's listeners.", "own_content", "0–1")
minutes_fan_rank = _column("minutes_fan_rank", pl.Int64, "Place among an artist's listeners by time played.", "own_content")
minutes_fan_share = _column("minutes_fan_share", pl.Float64, "That place divided by the artist's listeners.", "own_content", "0–1")
minutes_rank = _column("minutes_rank", pl.Int64, "Place among all listeners by time played: 1 and how many have more.", "own_content")
minutes_rank_share = _column("minutes_rank_share", pl.Float64, "That place divided by all listeners.", "own_content", "0–1")
country_minutes_rank = _column("country_minutes_rank", pl.Int64, "Place by time played among those of the country.", "own_content")
country_listener_count = _column("country_listener_count", pl.Int64, "Listeners whose home is in the country.", "aggregate")
passed_date = _column("passed_date", pl.Date, "Day on which all listeners' listens reached a thousand.", "aggregate")
early_rank = _column("early_rank", pl.Int64, "Place among the recordings heard early, the earliest first = 1.", "own_content")
early_day_count = _column("early_day_count", pl.Int64, "Days from the listener's first listen to the thousandth of all.", "own_content", "d")
town_lift = _column("town_lift", pl.Float64, "Mean lift of the listener's top artists that a place hears more than others do.", "own_content")

BY_NAME: dict[str, Column] = {column.name: column for column in list(globals().values()) if isinstance(column, Column)}
