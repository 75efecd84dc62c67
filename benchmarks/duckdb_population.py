"""Insights that compare listeners, or tell of all of them, as hand-written DuckDB SQL."""

from __future__ import annotations

SHARED: dict[str, str] = {
    "profiles": "select listener_id, country, birth_year, place_name, is_findable from read_parquet('{profiles}')",
    "listener_years": """
        select y, listener_id, sum(play_count)::bigint as play_count, sum(n)::bigint as n, sum(ms)::bigint as ms
        from listener_days group by all""",
    "audiences": "select y, artist_id, listener_id, n, ms from artist_years where n > 0",
}

_CHART = """
    with heard as (select y, {what}_id, n, coalesce(country, '') as chart_country
                   from {what}_years left join profiles using (listener_id) where n > 0),
         counted as (select y, {what}_id, chart_country, count(*) as listener_count, sum(n)::bigint as listen_count
                     from heard where chart_country <> '' group by all
                     union all
                     select y, {what}_id, '', count(*), sum(n)::bigint from heard group by all)
    select y, chart_country, {what}_id, listener_count, listen_count,
           row_number() over (partition by y, chart_country order by listener_count desc, listen_count desc, {what}_id) as chart_rank
    from counted qualify chart_rank <= 100"""

INSIGHTS: dict[str, str] = {
    "artist_chart": _CHART.format(what="artist"),
    "recording_chart": _CHART.format(what="recording"),
    "release_group_chart": _CHART.format(what="release_group"),
    "edition_totals": """
        select y, y as year, count(*) as listener_count, sum(play_count)::bigint as play_count, sum(n)::bigint as listen_count,
               sum(ms)::bigint / 60000 as minutes
        from listener_years group by all""",
    "fan_rank": """
        with large as (select y, artist_id, count(*) as listener_count from audiences group by all having listener_count >= 100),
             placed as (select y, artist_id, listener_id, listener_count,
                               rank() over (partition by y, artist_id order by n desc) as fan_rank,
                               rank() over (partition by y, artist_id order by ms desc) as minutes_fan_rank
                        from audiences join large using (y, artist_id))
        select y, listener_id, artist_rank, artist_id, listen_count, fan_rank, fan_rank / listener_count as fan_share, minutes_fan_rank,
               minutes_fan_rank / listener_count as minutes_fan_share, listener_count
        from artist_ranks join placed using (y, artist_id, listener_id)""",
    "minutes_rank": """
        with heard as (select y, listener_id, country, ms, rank() over (partition by y order by ms desc) as minutes_rank,
                              count(*) over (partition by y) as listener_count,
                              rank() over (partition by y, country order by ms desc) as place,
                              count(*) over (partition by y, country) as people
                       from listener_years left join profiles using (listener_id) where n > 0)
        select y, listener_id, ms / 60000 as minutes, minutes_rank, minutes_rank / listener_count as minutes_rank_share, listener_count,
               country, if(country is not null and people >= 20, place, null) as country_minutes_rank,
               if(country is not null and people >= 20, people, null) as country_listener_count
        from heard where listener_count >= 20""",
    "early_listener": """
        with days as (select recording_id, local_date, sum(n)::bigint as n from recording_days group by all having n > 0),
             running as (select recording_id, local_date, sum(n) over (partition by recording_id order by local_date)::bigint as so_far
                         from days),
             passed as (select recording_id, min(local_date) as passed_date from running where so_far >= 1000 group by all),
             reached as (select y, recording_id, passed_date, max(so_far) as cumulative_listen_count
                         from passed join running using (recording_id), (select distinct y from recording_years) years
                         where year(local_date) <= y and year(passed_date) <= y group by all),
             history as (select y, listener_id, recording_id, n,
                                min(first_heard_at) over (partition by listener_id, recording_id order by y) as first_heard_at
                         from recording_years semi join passed using (recording_id)),
             early as (select *, first_heard_at::date as first_heard_date, passed_date - first_heard_at::date as early_day_count
                       from history join reached using (y, recording_id) where n > 0)
        select y, listener_id, recording_id, first_heard_at, first_heard_date, passed_date, early_day_count, cumulative_listen_count,
               n as listen_count, row_number() over (partition by y, listener_id order by early_day_count desc, n desc, first_heard_at,
                                                                                          recording_id) as early_rank
        from early where early_day_count > 0 qualify early_rank <= 50""",
    "sound_town": """
        with homes as (select listener_id, place_name, coalesce(country, '') as chart_country from profiles where place_name is not null),
             large as (select y, place_name, chart_country, sum(n)::bigint as place_listens
                       from audiences join homes using (listener_id) group by all having count(distinct listener_id) >= 20),
             artists as (select y, artist_id, sum(n)::bigint as artist_listens from audiences group by all),
             everybody as (select y, sum(n)::bigint as all_listens from audiences group by all),
             here as (select y, place_name, chart_country, artist_id, sum(n)::bigint as listens
                      from audiences join homes using (listener_id) group by all),
             lifts as (select y, place_name, chart_country, artist_id, (listens / place_listens) / (artist_listens / all_listens) as lift
                       from here join large using (y, place_name, chart_country) join artists using (y, artist_id) join everybody using (y)
                       where lift > 1),
             mine as (select *, round(lift * 1000000)::bigint as millionths from artist_ranks join lifts using (y, artist_id)
                      where artist_rank <= 10),
             sums as (select y, listener_id, place_name, chart_country, count(*) as artists, sum(millionths)::bigint // count(*) as mean
                      from mine group by all having artists >= 3),
             towns as (from sums qualify row_number() over (partition by y, listener_id
                                                            order by mean desc, artists desc, place_name, chart_country) = 1)
        select y, listener_id, artist_rank, artist_id, place_name, chart_country, lift, mean / 1000000 as town_lift
        from mine join towns using (y, listener_id, place_name, chart_country)""",
    "listening_age": """
        with dated as (select *, sum(listen_count) over (partition by y, listener_id) as known
                       from listener_release_years where release_year <= y),
             own as (select *, (listen_count * 1000000000 // known)::bigint as share from dated where known >= 30),
             bands as (select listener_id, birth_year // 5 * 5 as birth_band from profiles where birth_year is not null),
             shares as (select y, listener_id, release_year, share, 0 as birth_band from own
                        union all select y, listener_id, release_year, share, birth_band from own join bands using (listener_id)),
             people as (select y, birth_band, count(distinct listener_id) as listener_count from shares
                        group by all having listener_count >= 20),
             sums as (select y, birth_band, release_year, sum(share)::bigint as share from shares semi join people using (y, birth_band)
                      group by all),
             theirs as (select y, birth_band, unnest(range(release_year - 4, release_year + 1)) as first_release_year, share from sums),
             usual as (select y, birth_band, first_release_year, sum(share)::bigint as theirs from theirs group by all),
             mine as (select y, listener_id, coalesce(people.birth_band, 0) as birth_band, release_year, listen_count, share, known,
                             release_year_known_share
                      from own left join bands using (listener_id) left join people using (y, birth_band)),
             spread as (select y, listener_id, birth_band, known, release_year_known_share, listen_count, share,
                               unnest(range(release_year - 4, release_year + 1)) as first_release_year from mine),
             spans as (select y, listener_id, birth_band, known, release_year_known_share, first_release_year,
                              sum(listen_count)::bigint as listens, sum(share)::bigint as share
                       from spread where first_release_year <= y - 4 group by all),
             best as (select *, coalesce(theirs, 0) as theirs_or_none, share::hugeint * listener_count - coalesce(theirs, 0) as above
                      from spans join people using (y, birth_band) left join usual using (y, birth_band, first_release_year)
                      where above > 0
                      qualify row_number() over (partition by y, listener_id order by above desc, share desc, first_release_year desc) = 1)
        select y, listener_id, y - (first_release_year + 2) + 18 as listening_age, first_release_year,
               first_release_year + 4 as last_release_year, listens / known as window_share,
               theirs_or_none / 1000000000 / listener_count as population_window_share, birth_band, listener_count, release_year_known_share
        from best""",
}

# Every pair of listeners with a recording in common: rows grow with the square of a recording's audience.
SIMILARITY = {
    "similar_listeners": """
        with many as (select y, listener_id from listener_years semi join (from profiles where is_findable) using (listener_id)
                      where n >= 50),
             heard as (select y, listener_id, recording_id, n from recording_years semi join many using (y, listener_id) where n > 0),
             lengths as (select y, listener_id, sqrt(sum(n * n)) as length from heard group by all),
             pairs as (select one.y, one.listener_id, other.listener_id as similar_listener_id, sum(one.n * other.n) as product
                       from heard one join heard other on one.y = other.y and one.recording_id = other.recording_id
                                                          and one.listener_id <> other.listener_id group by all),
             alike as (select y, listener_id, similar_listener_id, round(product / (one.length * other.length), 9) as similarity_share
                       from pairs join lengths one using (y, listener_id)
                            join lengths other on other.y = pairs.y and other.listener_id = similar_listener_id)
        select y, listener_id, similar_listener_id, similarity_share,
               row_number() over (partition by y, listener_id order by similarity_share desc, similar_listener_id) as similar_rank
        from alike where similarity_share > 0 qualify similar_rank <= 25""",
}
