"""What is told with a catalogue once more, in plain Python from raw plays and the catalogue's own rows: slow and independent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import log, log2
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wrapped_assets.kernels import segmentation
from wrapped_assets_tests.insights.slow_twins import Rows, Seen, artist_pairs, by_listens, top_artists
from wrapped_assets_tests.insights.worlds import Play, Song

Row = Mapping[str, Any]
Mix = dict[str, Fraction]  # how much there is of each kind
DAY_PARTS = {"night": (22, 23, 0, 1, 2, 3, 4), "morning": range(5, 12), "afternoon": range(12, 17), "evening": range(17, 22)}


@dataclass(frozen=True)
class Knowing(Seen):
    """A listener's plays beside a catalogue that never contradicts itself."""

    known: Mapping[str, Sequence[Row]]

    def fact(self, table: str, column: str, **names: Any) -> Any:
        """The fact of the row with these names; None where there is no row, and where it does not say."""
        for row in self.known[table]:
            if all(row.get(name) == value for name, value in names.items()):
                return row.get(column)
        return None

    def of_group(self, song: Song, column: str) -> Any:
        return self.fact("known_release_groups", column, release_group_name=song.release_group, artist_name=song.artists[0])

    def release_year(self, song: Song) -> int | None:
        return self.fact("known_recordings", "release_year", recording_name=song.title) or self.of_group(song, "release_year")

    def genres(self, song: Song) -> list[str]:
        own = self.fact("known_recordings", "genre_names", recording_name=song.title)
        return own or self.of_group(song, "genre_names") or self.fact("known_artists", "genre_names", artist_name=song.artists[0]) or []

    def album(self, song: Song) -> int:
        return self.ids["release_group_id"][f"{song.release_group}/{song.artists[0]}"]

    @property
    def by_genre(self) -> list[tuple[str, Fraction, Play]]:
        return [(genre, Fraction(1, len(self.genres(p.song))), p) for p in self.listens for genre in self.genres(p.song)]


def _evenness(counts: Iterable[int]) -> float:
    shares = [count / sum(kept) for kept in [list(counts)] for count in kept]
    return -sum(share * log(share) for share in shares) / log(len(shares)) if len(shares) > 1 else 0.0


def top_release_groups(life: Knowing) -> Rows:
    found, named = [], sum(bool(play.song.release_group) for play in life.listens)
    for key, plays in by_listens((life.album(play.song), play) for play in life.listens if play.song.release_group):
        tracks = life.of_group(plays[0].song, "track_count")
        songs = Counter(play.song for play in plays)
        if tracks is None or len(songs) / tracks >= 0.7:
            score = len(plays) * (1 if tracks is None else _evenness(songs.values()))
            found.append({"release_group_id": key, "listen_count": len(plays), "track_count": tracks,
                          "is_track_count_known": tracks is not None, "release_group_score": round(score, 6),
                          "release_group_known_share": named / len(life.listens)})  # fmt: skip
    found.sort(key=lambda row: -row["release_group_score"])  # stable: the rest of the order is that of the ranking
    return [{"release_group_rank": place, **row} for place, row in enumerate(found[:50], start=1)]


def top_genres(life: Knowing) -> Rows:
    found: dict[str, list[tuple[Fraction, Play]]] = defaultdict(list)
    for genre, part, play in life.by_genre:
        found[genre].append((part, play))
    order = sorted(found, key=lambda g: (-sum(part for part, _ in found[g]), -sum(p.ms_played for _, p in found[g]),
                                         min(p.start for _, p in found[g]), g))  # fmt: skip
    known = sum(bool(life.genres(play.song)) for play in life.listens)
    return [
        {"genre_rank": place, "genre_name": genre, "genre_listens": pytest.approx(float(sum(part for part, _ in found[genre]))),
         "genre_listen_share": pytest.approx(float(sum(part for part, _ in found[genre]) / known)),
         "recording_count": len({play.song for _, play in found[genre]}), "genre_known_share": pytest.approx(known / len(life.listens))}
        for place, genre in enumerate(order[:50], start=1)
    ]  # fmt: skip


def genre_clock(life: Knowing) -> Rows:
    def hour(play: Play) -> int:
        return play.start.astimezone(ZoneInfo(life.zone)).hour

    return [
        {"genre_rank": row["genre_rank"], "genre_name": row["genre_name"], "day_part": name,
         "genre_listens": pytest.approx(float(sum(part for genre, part, play in life.by_genre
                                                  if genre == row["genre_name"] and hour(play) in hours)))}
        for row in top_genres(life)[:10] for name, hours in DAY_PARTS.items()
    ]  # fmt: skip


def release_years(life: Knowing) -> Rows:
    dated = sorted(year for play in life.listens if (year := life.release_year(play.song)))
    if not dated:
        return []
    songs = by_listens((life.recording(play.song), play) for play in life.listens if life.release_year(play.song) == dated[0])
    return [
        {"release_year": year, "listen_count": count, "median_release_year": dated[(len(dated) - 1) // 2],
         "oldest_recording_id": songs[0][0], "release_year_known_share": pytest.approx(len(dated) / len(life.listens)),
         "recording_count": len({play.song for play in life.listens if life.release_year(play.song) == year})}
        for year, count in Counter(dated).items()
    ]  # fmt: skip


def artist_map(life: Knowing) -> Rows:
    pairs = [(life.fact("known_artists", "country", artist_name=name), name) for play in life.listens for name in play.song.artists]
    listens = Counter(country for country, _ in pairs if country)
    artists = {country: len({name for one, name in pairs if one == country}) for country in listens}
    order = sorted(listens, key=lambda country: (-artists[country], -listens[country], country))
    return [
        {"country_rank": place, "country": country, "artist_count": artists[country], "listen_count": listens[country],
         "country_known_share": pytest.approx(listens.total() / len(pairs))}
        for place, country in enumerate(order, start=1)
    ]  # fmt: skip


def _entropy(mix: Mix) -> float:
    shares = [float(part / sum(mix.values())) for part in mix.values()]
    return -sum(share * log(share) for share in shares)


def _added(mixes: Iterable[Mix]) -> Mix:
    whole: Mix = defaultdict(Fraction)
    for mix in mixes:
        for kind, part in mix.items():
            whole[kind] += part
    return whole


def _gain(months: Sequence[Mix], cuts: tuple[int, ...]) -> float:
    """N times the Jensen–Shannon divergence of the spans' mixes, penalised."""
    whole = _added(months)
    if not whole:
        return 0.0
    largest = sorted(whole, key=lambda kind: (-whole[kind], kind))[: segmentation.KINDS]
    months = [_added({kind if kind in largest else "other": part} for kind, part in mix.items()) for mix in months]
    whole = _added(months)
    total = float(sum(whole.values()))
    spans = [_added(months[first:end]) for first, end in pairwise((0, *cuts, 12))]
    within = sum(float(sum(span.values())) * _entropy(span) for span in spans if span)
    return total * _entropy(whole) - within - len(cuts) * (len(whole) - 1) * log(total) / 2


def _mixes(life: Knowing) -> list[list[Mix]]:
    """The monthly mixes of artists and of genres; kinds sort as their ids do."""
    artists: list[Mix] = [defaultdict(Fraction) for _ in range(12)]
    genres: list[Mix] = [defaultdict(Fraction) for _ in range(12)]
    for key, play in artist_pairs(life, life.listens):
        artists[life.day(play).month - 1][f"{key:020d}"] += 1
    for genre, part, play in life.by_genre:
        genres[life.day(play).month - 1][genre] += part
    return [artists, genres]


def _spans(life: Knowing) -> list[tuple[int, int]]:
    """First and last month with a listen, from 0, of each span."""
    ways = [cuts for count in range(3) for cuts in combinations(range(1, 12), count)]
    mixes = _mixes(life)
    best = max(ways, key=lambda cuts: (round(sum(_gain(mix, cuts) for mix in mixes), 6), -ways.index(cuts)))
    heard = sorted({life.day(play).month - 1 for play in life.listens})
    spans = [[month for month in heard if first <= month < end] for first, end in pairwise((0, *best, 12))]
    return [(span[0], span[-1]) for span in spans]


def _named(months: list[Mix], first: int, last: int) -> list[tuple[str, Fraction]]:
    whole, span = _added(months), _added(months[first : last + 1])
    if not span:
        return []
    share = sum(span.values()) / sum(whole.values())
    excess = {kind: amount - whole[kind] * share for kind, amount in span.items()}
    order = sorted((kind for kind in span if excess[kind] >= 0), key=lambda kind: (-excess[kind], -span[kind], kind))
    return [(kind, span[kind]) for kind in order[:5]]


def music_evolution(life: Knowing) -> Rows:
    artists, genres = _mixes(life)
    rows: Rows = []
    for number, (first, last) in enumerate(_spans(life) if life.listens else [], start=1):
        of_artists, of_genres = _named(artists, first, last), _named(genres, first, last)
        for place in range(max(len(of_artists), len(of_genres))):
            artist, listens = of_artists[place] if place < len(of_artists) else (None, None)
            genre, parts = of_genres[place] if place < len(of_genres) else (None, None)
            rows.append({
                "span_number": number, "span_rank": place + 1, "first_month": f"{life.first.year}-{first + 1:02d}",
                "last_month": f"{life.first.year}-{last + 1:02d}", "artist_id": int(artist) if artist else None,
                "listen_count": listens, "genre_name": genre, "genre_listens": pytest.approx(float(parts)) if parts else None,
            })  # fmt: skip
    return rows


def chapters(life: Knowing) -> Rows:
    rows: Rows = []
    for number, (first, last) in enumerate(_spans(life) if life.listens else [], start=1):
        songs = [(life.recording(play.song), play) for play in life.listens if first <= life.day(play).month - 1 <= last]
        rows += [{"span_number": number, "playlist_position": place, "recording_id": key, "listen_count": len(plays)}
                 for place, (key, plays) in enumerate(by_listens(songs)[:30], start=1)]  # fmt: skip
    return rows


def _unlike(day: Counter[int], year: Counter[int]) -> float:
    """The Jensen–Shannon divergence in bits."""
    p, q = ({kind: counts[kind] / counts.total() for kind in year} for counts in (day, year))
    middle = {kind: (p[kind] + q[kind]) / 2 for kind in year}
    return sum(one[kind] * log2(one[kind] / middle[kind]) / 2 for one in (p, q) for kind in year if one[kind])


def remarkable_days(life: Knowing) -> Rows:
    if not life.listens:
        return []
    days = Counter(life.day(play) for play in life.listens)
    artists = defaultdict(Counter)
    for key, play in artist_pairs(life, life.listens):
        artists[life.day(play)][key] += 1
    top = top_artists(life)[0]["artist_id"]
    first: dict[int, Play] = {}
    for key, play in sorted(artist_pairs(life, life.heard), key=lambda pair: pair[1].start):
        first.setdefault(key, play)
    minutes: Counter[Any] = Counter()
    for play in life.plays:
        minutes[life.day(play)] += play.ms_played
    dated = {day: [year for p in life.listens if life.day(p) == day and (year := life.release_year(p.song))] for day in days}
    year = sum(artists.values(), Counter())
    best = [row["genre_name"] for row in top_genres(life)[:1]]
    genre: Counter[Any] = Counter()
    for name, part, play in life.by_genre:
        genre[life.day(play)] += part if name in best else 0
    songs = {day: {play.song for play in life.listens if life.day(play) == day} for day in days}
    kinds = {
        "most_minutes": {day: (-minutes[day], minutes[day] / 60_000) for day in days},
        "most_of_top_artist": {day: (-artists[day][top], artists[day][top]) for day in days if artists[day][top]},
        "most_of_top_genre": {day: (-genre[day], float(genre[day])) for day in days if genre[day]},
        "most_new_artists": {day: (-count, count) for day, count in Counter(life.day(p) for p in first.values()).items() if day in days},
        "oldest_music": {day: (Fraction(sum(found), len(found)), sum(found) / len(found)) for day, found in dated.items()
                         if len(found) >= 10},
        "most_repeats": {day: (-found, found) for day in days for found in [days[day] - len(songs[day])] if found},
        "unlike_the_year": {day: (-round(found, 7), found) for day, count in days.items() if count >= 10
                            for found in [_unlike(artists[day], year)]},
        "new_years_day": {day: (0, days[day]) for day in days if (day.month, day.day) == (1, 1)},
    }  # fmt: skip
    taken, rows = set(), []
    for kind, found in kinds.items():
        for day in sorted(found.keys() - taken if len(taken) < 5 else (), key=lambda day: (found[day][0], -days[day], day))[:1]:
            taken.add(day)
            rows.append({"day_kind": kind, "local_date": day, "day_figure": pytest.approx(found[day][1], abs=1e-7)})
    return rows


def hours_of_days(life: Knowing) -> Rows:
    rows: Rows = []
    for told in sorted(remarkable_days(life), key=lambda row: row["local_date"]):
        on_it = sorted((play for play in life.listens if life.day(play) == told["local_date"]), key=lambda play: play.start)
        hours: dict[int, list[tuple[Play, bool]]] = defaultdict(list)
        for place, play in enumerate(on_it):
            hours[play.start.astimezone(ZoneInfo(life.zone)).hour].append((play, play.song in [other.song for other in on_it[:place]]))
        for hour, plays in hours.items():
            artists = Counter(key for key, _ in artist_pairs(life, [play for play, _ in plays]))
            rows.append({
                "local_date": told["local_date"], "local_hour": hour, "listen_count": len(plays),
                "repeat_count": sum(again for _, again in plays), "artist_id": min(artists, key=lambda key: (-artists[key], key)),
            })  # fmt: skip
    return rows


def new_releases(life: Knowing) -> Rows:
    heard = Counter(life.album(play.song) for play in life.listens if play.song.release_group)
    placed = []
    for artist in top_artists(life):
        theirs = []
        for row in life.known["known_release_groups"]:
            if life.artist(row["artist_name"]) == artist["artist_id"] and row.get("release_year") == life.first.year:
                key = life.ids["release_group_id"][f"{row['release_group_name']}/{row['artist_name']}"]
                theirs.append((-(row.get("track_count") or 0), -heard[key], key, row))
        placed += [(place, artist["artist_rank"], *one) for place, one in enumerate(sorted(theirs, key=lambda one: one[:3])[:5])]
    return [
        {"new_release_rank": rank, "release_group_id": key, "release_group_name": row["release_group_name"],
         "artist_name": row["artist_name"], "listen_count": -listens, "track_count": row.get("track_count")}
        for rank, (_, _, _, listens, key, row) in enumerate(sorted(placed, key=lambda one: one[:2]), start=1)
    ]  # fmt: skip


def new_releases_songs(life: Knowing) -> Rows:
    heard = Counter(play.song.title for play in life.listens)
    rows: Rows = []
    used: Counter[str] = Counter()
    for release in new_releases(life):
        songs = [row for row in life.known["known_recordings"] if row.get("release_group_name") == release["release_group_name"]
                 and row["artist_names"][0] == release["artist_name"]]  # fmt: skip
        songs.sort(key=lambda row: (row.get("track_position") or 99, life.ids["recording_id"][row["recording_name"]]))
        for row in songs[: 2 - used[release["artist_name"]]]:
            used[release["artist_name"]] += 1
            rows.append({"playlist_position": len(rows) + 1, "recording_id": life.ids["recording_id"][row["recording_name"]],
                         "listen_count": heard[row["recording_name"]], "playlist_score": release["new_release_rank"]})  # fmt: skip
    return rows


TWINS: dict[str, Callable[[Knowing], Rows]] = {
    twin.__name__: twin
    for twin in (top_release_groups, top_genres, genre_clock, release_years, artist_map, music_evolution, chapters, remarkable_days,
                 hours_of_days, new_releases, new_releases_songs)
}  # fmt: skip
