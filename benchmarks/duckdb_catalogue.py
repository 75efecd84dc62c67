"""Insights that need a catalogue as hand-written DuckDB SQL, over the same `catalogue` cells."""

from __future__ import annotations

_YEAR = "string_split(filename, '/')[-2]::int as y"  # a cell lies in the folder of its year


def _cells(asset: str) -> str:
    return "read_parquet('{root}/lake/catalogue/" + asset + "/*/*.parquet', filename = true)"


# Buckets repeat what is known of one recording. A genre's share is 1/n; here in parts of a listen, the least common multiple of 1 to 30.
SHARED: dict[str, str] = {
    "genre_facts": f"""
        select distinct {_YEAR}, recording_id, genre_name, 2329089562800 // round(1 / genre_share)::bigint as part
        from {_cells("recording_genres")}""",
    "genre_tree": f"select distinct {_YEAR}, genre_name, root_genre_name from {_cells('genres')}",
    "dated_recordings": f"""
        select distinct {_YEAR}, recording_id, release_year from {_cells("recordings")} where release_year is not null""",
    "artist_origins": f"select distinct {_YEAR}, artist_id, country from {_cells('artists')} where country is not null",
    "known_groups": f"""
        select distinct {_YEAR}, release_group_id, track_count from {_cells("release_groups")} where track_count is not null""",
    "releases": f"""
        select {_YEAR}, artist_id, artist_name, release_group_id, release_group_name, coalesce(track_count, 0) as track_count
        from {_cells("year_releases")}
        qualify row_number() over (partition by y, release_group_id order by coalesce(track_count, 0) desc, known_key) = 1""",
    "genre_ranks": """
        with heard as (select y, listener_id, recording_id, n, ms, first_listened_at from recording_years where n > 0),
             totals as (select y, listener_id, sum(n)::bigint as everything from heard group by all),
             known as (select y, listener_id, sum(n)::bigint as known
                       from heard semi join genre_facts using (y, recording_id) group by all),
             by_genre as (select y, listener_id, genre_name, sum(n * part)::bigint as parts, sum(ms)::bigint as ms,
                                 min(first_listened_at) as first_listened_at, count(*) as recording_count
                          from heard join genre_facts using (y, recording_id) group by all),
             placed as (select *, row_number() over (partition by y, listener_id
                                                     order by parts desc, ms desc, first_listened_at, genre_name) as genre_rank
                        from by_genre qualify genre_rank <= 50)
        select y, listener_id, genre_rank, genre_name, root_genre_name, parts / 2329089562800 as genre_listens,
               parts / 2329089562800 / known as genre_listen_share, recording_count, known / everything as genre_known_share
        from placed join known using (y, listener_id) join totals using (y, listener_id) left join genre_tree using (y, genre_name)""",
    "listener_release_years": """
        with dated as (select y, listener_id, recording_id, release_year, n, ms, first_listened_at
                       from recording_years join dated_recordings using (y, recording_id) where n > 0),
             totals as (select y, listener_id, sum(n)::bigint as everything from recording_years where n > 0 group by all),
             years as (select y, listener_id, release_year, sum(n)::bigint as listen_count, count(*) as recording_count
                       from dated group by all),
             so_far as (select *, sum(listen_count) over (partition by y, listener_id) as known,
                               sum(listen_count) over (partition by y, listener_id order by release_year) as so_far from years),
             middle as (select y, listener_id, min(release_year) as median_release_year from so_far where 2 * so_far >= known group by all),
             oldest as (select y, listener_id, recording_id as oldest_recording_id from dated
                        qualify row_number() over (partition by y, listener_id
                                                   order by release_year, n desc, ms desc, first_listened_at, recording_id) = 1)
        select y, listener_id, release_year, listen_count, recording_count, median_release_year, oldest_recording_id,
               known / everything as release_year_known_share
        from so_far join middle using (y, listener_id) join oldest using (y, listener_id) join totals using (y, listener_id)""",
}

INSIGHTS: dict[str, str] = {
    "top_genres": "from genre_ranks",
    "genre_clock": """
        with first_ten as (select y, listener_id, genre_rank, genre_name, genre_known_share from genre_ranks where genre_rank <= 10),
             songs as (select y, listener_id, recording_id,
                              case when local_hour < 5 or local_hour >= 22 then 'night' when local_hour < 12 then 'morning'
                                   when local_hour < 17 then 'afternoon' else 'evening' end as day_part, count(*) as n
                       from plays where outcome_code = 0 group by all),
             by_part as (select y, listener_id, genre_rank, day_part, sum(n * part)::bigint as parts
                         from songs join genre_facts using (y, recording_id) join first_ten using (y, listener_id, genre_name) group by all)
        select y, listener_id, genre_rank, day_part, genre_name, coalesce(parts, 0) / 2329089562800 as genre_listens, genre_known_share
        from (select * from first_ten, (values ('morning'), ('afternoon'), ('evening'), ('night')) parts(day_part))
             left join by_part using (y, listener_id, genre_rank, day_part)""",
    "release_years": "from listener_release_years",
    "artist_map": """
        with heard as (select y, listener_id, artist_id, n, country
                       from artist_years left join artist_origins using (y, artist_id) where n > 0),
             totals as (select y, listener_id, coalesce(sum(n) filter (country is not null), 0) / sum(n) as country_known_share
                        from heard group by all),
             countries as (select y, listener_id, country, count(*) as artist_count, sum(n)::bigint as listen_count
                           from heard where country is not null group by all)
        select y, listener_id, country, artist_count, listen_count, country_known_share,
               row_number() over (partition by y, listener_id order by artist_count desc, listen_count desc, country) as country_rank
        from countries join totals using (y, listener_id)""",
    "top_release_groups": """
        with songs as (select y, listener_id, release_group_id, recording_id, count(*) as n
                       from plays semi join known_groups using (y, release_group_id) where outcome_code = 0 group by all),
             heard_through as (select y, listener_id, release_group_id, count(*) as recording_count,
                                      case when count(*) = 1 then 0
                                           else greatest(0, least(1, (ln(sum(n)) - sum(round(n * ln(n) * 1e9)::bigint) / 1e9 / sum(n))
                                                                     / ln(count(*)))) end as even
                               from songs group by all),
             named as (select y, listener_id, count(release_group_id) / count(*) as release_group_known_share
                       from plays where outcome_code = 0 group by all),
             scored as (select y, listener_id, release_group_id, n, ms, first_listened_at, recording_count, track_count,
                               round(if(track_count is null, 1.0, even) * n::double, 6) as release_group_score
                        from release_group_years left join known_groups using (y, release_group_id)
                             left join heard_through using (y, listener_id, release_group_id)
                        where track_count is null or recording_count * 10 >= track_count * 7)
        select y, listener_id, release_group_id, n as listen_count, ms as ms_played, first_listened_at, recording_count, track_count,
               track_count is not null as is_track_count_known, release_group_score, release_group_known_share,
               row_number() over (partition by y, listener_id order by release_group_score desc, n desc, ms desc, first_listened_at,
                                                                       release_group_id) as release_group_rank
        from scored join named using (y, listener_id) qualify release_group_rank <= 50""",
    "new_releases": """
        with theirs as (select y, listener_id, artist_rank, artist_id, artist_name, release_group_id, release_group_name, track_count,
                               coalesce(n, 0) as listen_count
                        from artist_ranks join releases using (y, artist_id)
                             left join release_group_years using (y, listener_id, release_group_id)),
             few as (select *, row_number() over (partition by y, listener_id, artist_rank
                                                  order by track_count desc, listen_count desc, release_group_id) as of_artist
                     from theirs qualify of_artist <= 5)
        select y, listener_id, row_number() over (partition by y, listener_id order by of_artist, artist_rank) as new_release_rank,
               release_group_id, release_group_name, artist_name, artist_id, listen_count, nullif(track_count, 0) as track_count
        from few""",
}
