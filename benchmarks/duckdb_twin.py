"""Insights as hand-written DuckDB SQL over the same `plays` and `catalogue` cells, with temporary tables that the queries share."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks import duckdb_artists, duckdb_catalogue, duckdb_population

_TOP = """
    select y, listener_id,
           row_number() over (partition by y, listener_id order by n desc, ms desc, first_listened_at, {what}_id) as {what}_rank,
           {what}_id, n as listen_count, ms as ms_played, first_listened_at
    from {what}_years where n > 0 qualify {what}_rank <= {places}"""

# Default rules: the window is the whole local year. Outcomes: 0 counted, 1 too short, 2 private.
SHARED: dict[str, str] = {
    "plays": """
        select year(local_date)::int as y, listener_id, listened_at, recording_id, artist_credit_id, release_group_id, ms_played,
               local_date, local_hour, outcome_code, is_listen
        from read_parquet('{root}/lake/listens/plays/*/*.parquet')""",
    "credits": """
        select distinct artist_credit_id, artist_position, artist_id
        from read_parquet('{root}/lake/catalogue/artist_credits/*/*.parquet')""",
    "recording_days": """
        select y, listener_id, recording_id, local_date, count(*) filter (outcome_code = 0) as n,
               sum(ms_played) filter (outcome_code = 0) as ms, min(listened_at) filter (outcome_code = 0) as first_listened_at,
               min(listened_at) as first_heard_at
        from plays where is_listen group by all""",
    "recording_years": """
        select y, listener_id, recording_id, sum(n)::bigint as n, coalesce(sum(ms), 0)::bigint as ms,
               min(first_listened_at) as first_listened_at, min(first_heard_at) as first_heard_at, min(local_date) as first_date
        from recording_days group by all""",
    "artist_days": """
        select y, listener_id, artist_id, local_date, count(*) filter (outcome_code = 0) as n,
               sum(ms_played) filter (outcome_code = 0) as ms, min(listened_at) filter (outcome_code = 0) as first_listened_at,
               min(listened_at) as first_heard_at
        from plays join credits using (artist_credit_id) where is_listen group by all""",
    "artist_years": """
        select y, listener_id, artist_id, sum(n)::bigint as n, coalesce(sum(ms), 0)::bigint as ms,
               min(first_listened_at) as first_listened_at, min(first_heard_at) as first_heard_at
        from artist_days group by all""",
    "release_group_years": """
        select y, listener_id, release_group_id, count(*) as n, sum(ms_played)::bigint as ms, min(listened_at) as first_listened_at
        from plays where outcome_code = 0 and release_group_id is not null group by all""",
    "listener_days": """
        select y, listener_id, local_date, count(*) as play_count, count(*) filter (outcome_code = 0) as n, sum(ms_played)::bigint as ms
        from plays where outcome_code <= 2 group by all""",
    "listener_hours": """
        select y, listener_id, isodow(local_date) as local_weekday, local_hour, count(*) as n
        from plays where outcome_code = 0 group by all""",
    "new_recordings": """
        select now.* from recording_years now
        where first_heard_at = first_listened_at
          and not exists (select 1 from recording_years old
                          where old.listener_id = now.listener_id and old.recording_id = now.recording_id and old.y < now.y)""",
    "new_artists": """
        select now.* from artist_years now
        where first_heard_at = first_listened_at
          and not exists (select 1 from artist_years old
                          where old.listener_id = now.listener_id and old.artist_id = now.artist_id and old.y < now.y)""",
    "artist_ranks": _TOP.format(what="artist", places=50),
    **duckdb_catalogue.SHARED,
    **duckdb_population.SHARED,
    **duckdb_artists.SHARED,
}

INSIGHTS: dict[str, str] = {
    "top_recordings": _TOP.format(what="recording", places=100),
    "top_artists": "from artist_ranks",
    "listening_totals": """
        with days as (select y, listener_id, sum(play_count)::bigint as play_count, sum(n)::bigint as listen_count,
                             sum(ms)::bigint as ms_played, count(*) filter (n > 0) as active_day_count
                      from listener_days group by all),
             recordings as (select y, listener_id, count(*) as recording_count from recording_years where n > 0 group by all),
             artists as (select y, listener_id, count(*) as artist_count from artist_years where n > 0 group by all),
             release_groups as (select y, listener_id, count(*) as release_group_count from release_group_years group by all)
        select y, listener_id, ms_played / 60000 as minutes, listen_count, play_count, coalesce(recording_count, 0) as recording_count,
               coalesce(artist_count, 0) as artist_count, coalesce(release_group_count, 0) as release_group_count, active_day_count,
               ms_played / 60000 / (make_date(y + 1, 1, 1) - make_date(y, 1, 1)) as minutes_per_day, ms_played
        from days left join recordings using (y, listener_id) left join artists using (y, listener_id)
                  left join release_groups using (y, listener_id)""",
    "listening_calendar": """
        with grid as (select y, listener_id,
                             unnest(generate_series(make_date(y, 1, 1), make_date(y, 12, 31), interval 1 day))::date as local_date
                      from (select distinct y, listener_id from listener_days))
        select y, listener_id, local_date, coalesce(n, 0) as listen_count, coalesce(ms, 0) / 60000 as minutes
        from grid left join listener_days using (y, listener_id, local_date)""",
    "listening_clock": """
        with grid as (select y, listener_id, weekday as local_weekday, hour as local_hour
                      from (select distinct y, listener_id from listener_hours), range(1, 8) w(weekday), range(24) h(hour))
        select y, listener_id, local_weekday, local_hour, coalesce(n, 0) as listen_count
        from grid left join listener_hours using (y, listener_id, local_weekday, local_hour)""",
    "busiest_day": """
        with best as (select * from listener_days where n > 0
                      qualify row_number() over (partition by y, listener_id order by ms desc, n desc, local_date) = 1),
             songs as (select y, listener_id, r.recording_id, r.n,
                              count(*) over (partition by y, listener_id) as recording_count,
                              row_number() over (partition by y, listener_id
                                                 order by r.n desc, r.ms desc, r.first_listened_at, r.recording_id) as place
                       from recording_days r join best using (y, listener_id, local_date) where r.n > 0)
        select y, listener_id, local_date, ms / 60000 as minutes, best.n as listen_count, recording_count, recording_id as top_recording_id
        from best join songs using (y, listener_id) where place = 1""",
    "most_replayed_day": """
        select y, listener_id, recording_id, local_date, n as listen_count from recording_days where n > 0
        qualify row_number() over (partition by y, listener_id order by n desc, local_date, first_listened_at, recording_id) = 1""",
    "listening_streak": """
        with runs as (select y, listener_id, count(*) as streak_day_count, min(local_date) as first_local_date,
                             max(local_date) as last_local_date
                      from (select *, local_date - row_number() over (partition by y, listener_id order by local_date)::int as run
                            from listener_days where n > 0)
                      group by y, listener_id, run)
        select y, listener_id, streak_day_count, first_local_date, last_local_date,
               sum(streak_day_count) over (partition by y, listener_id)::bigint as active_day_count,
               coalesce(sum(streak_day_count) filter (last_local_date = make_date(y, 12, 31)) over (partition by y, listener_id), 0)::bigint
                   as current_streak_day_count
        from runs qualify row_number() over (partition by y, listener_id order by streak_day_count desc, first_local_date) = 1""",
    "artist_streak": """
        with runs as (select y, listener_id, artist_id, count(*) as streak_day_count, min(local_date) as first_local_date,
                             max(local_date) as last_local_date
                      from (select y, listener_id, artist_id, local_date,
                                   local_date - row_number() over (partition by y, listener_id, artist_id order by local_date)::int as run
                            from artist_days where n > 0)
                      group by y, listener_id, artist_id, run)
        select y, listener_id, artist_id, streak_day_count, first_local_date, last_local_date
        from runs join artist_years using (y, listener_id, artist_id)
        qualify row_number() over (partition by y, listener_id order by streak_day_count desc, first_local_date, n desc, artist_id) = 1""",
    "longest_session": """
        with timed as (select y, listener_id, listened_at as s, listened_at + to_milliseconds(ms_played) as e, outcome_code
                       from plays where outcome_code <= 1),
             marked as (select *, max(e) over (partition by y, listener_id order by s, e
                                               rows between unbounded preceding and 1 preceding) as reached from timed),
             numbered as (select *, sum(case when reached is null or s - reached > interval 20 minute then 1 else 0 end)
                                    over (partition by y, listener_id order by s, e rows unbounded preceding) as session from marked),
             whole as (select y, listener_id, min(s) as session_started_at, max(e) as session_ended_at, count(*) as play_count,
                              count(*) filter (outcome_code = 0) as listen_count
                       from numbered group by y, listener_id, session)
        select y, listener_id, session_started_at, session_ended_at,
               (epoch_ms(session_ended_at) - epoch_ms(session_started_at)) / 60000 as session_minutes, play_count, listen_count
        from whole where listen_count > 0
        qualify row_number() over (partition by y, listener_id order by session_minutes desc, session_started_at) = 1""",
    "artist_race": """
        with five as (select y, listener_id, artist_id, first_listened_at from artist_years where n > 0
                      qualify row_number() over (partition by y, listener_id order by n desc, ms desc, first_listened_at, artist_id) <= 5),
             months as (select y, listener_id, artist_id, month(local_date) as m, sum(n)::bigint as n, coalesce(sum(ms), 0)::bigint as ms
                        from artist_days semi join five using (y, listener_id, artist_id) group by all),
             grid as (select five.*, m, coalesce(n, 0) as n, coalesce(ms, 0) as ms
                      from (select * from five, range(1, 13) t(m)) five left join months using (y, listener_id, artist_id, m)),
             so_far as (select *, sum(n) over w as cumulative, sum(ms) over w as cumulative_ms,
                               row_number() over (partition by y, listener_id, artist_id order by n desc, m) = 1 as is_peak_month
                        from grid window w as (partition by y, listener_id, artist_id order by m))
        select y, listener_id, printf('%04d-%02d', y, m) as month, artist_id, n as listen_count,
               cumulative::bigint as cumulative_listen_count,
               row_number() over (partition by y, listener_id, m
                                  order by cumulative desc, cumulative_ms desc, first_listened_at, artist_id) as artist_rank,
               is_peak_month
        from so_far""",
    "first_listen": """
        select y, listener_id, recording_id, listened_at, local_date from plays where outcome_code = 0
        qualify row_number() over (partition by y, listener_id order by listened_at, recording_id) = 1""",
    "discoveries": """
        with days as (select y, listener_id, first_date, count(*) as n from new_recordings group by all),
             best as (select y, listener_id, first_date, n, sum(n) over (partition by y, listener_id) as new_recording_count from days
                      qualify row_number() over (partition by y, listener_id order by n desc, first_date) = 1),
             artists as (select y, listener_id, count(*) as new_artist_count from new_artists group by all),
             years as (select y, listener_id, min(first_heard_at) as first_heard_at, count(first_listened_at) as n
                       from recording_years group by all),
             since as (select y, listener_id, n, min(first_heard_at) over (partition by listener_id order by y) as history_since,
                              y = min(y) over (partition by listener_id) as is_first_year from years)
        select y, listener_id, coalesce(new_artist_count, 0) as new_artist_count,
               coalesce(new_recording_count, 0)::bigint as new_recording_count, first_date as biggest_discovery_date,
               coalesce(best.n, 0) as biggest_discovery_count, history_since, is_first_year
        from since left join best using (y, listener_id) left join artists using (y, listener_id) where since.n > 0""",
    "top_discoveries": """
        with kept as (select new_recordings.*, artist_id
                      from new_recordings left join recording_artists using (recording_id)
                      where n >= 4
                      qualify row_number() over (partition by y, listener_id, artist_id
                                                 order by n desc, ms desc, first_listened_at, recording_id) <= 2),
             years as (select y, listener_id, y = min(y) over (partition by listener_id) as is_first_year
                       from (select distinct y, listener_id from recording_years))
        select y, listener_id,
               row_number() over (partition by y, listener_id order by n desc, ms desc, first_listened_at, recording_id) as recording_rank,
               recording_id, n as listen_count, first_listened_at, is_first_year
        from kept join years using (y, listener_id) qualify recording_rank <= 50""",
    "night_owl": """
        select y, listener_id, coalesce(sum(n) filter (local_hour >= 22 or local_hour < 5), 0) / sum(n) as night_share,
               coalesce(sum(n) filter (local_hour between 5 and 11), 0) / sum(n) as morning_share,
               coalesce(sum(n) filter (local_weekday >= 6), 0) / sum(n) as weekend_share, sum(n)::bigint as listen_count
        from listener_hours group by all""",
    **duckdb_catalogue.INSIGHTS,
    **duckdb_population.INSIGHTS,
    **duckdb_artists.INSIGHTS,
}
QUERIES = {**INSIGHTS, **duckdb_population.SIMILARITY}


def run(root: Path, out: Path, insights: tuple[str, ...] = tuple(INSIGHTS), threads: int | None = None) -> None:
    """Writes each insight of every year to `out`/NAME.parquet, with the year as column `y`; profiles are `out`/profiles.parquet."""
    with duckdb.connect(config={"threads": threads} if threads else {}) as connection:
        connection.execute("set timezone = 'UTC'")
        for name in tables_for(insights):
            connection.execute(f"create temp table {name} as {SHARED[name].format(root=root, profiles=out / 'profiles.parquet')}")
        for name in insights:
            connection.execute(f"copy ({QUERIES[name]}) to '{out / name}.parquet' (format parquet, compression zstd, compression_level 1)")


def tables_for(insights: tuple[str, ...]) -> list[str]:
    """The shared tables that some insights need, each after those that it reads."""
    ordered: list[str] = []

    def add(text: str) -> None:
        words = set(text.replace("(", " ").replace(")", " ").replace(",", " ").replace(".", " ").split())
        for name in SHARED:
            if name in words and name not in ordered:
                add(SHARED[name])
                ordered.append(name)

    for name in insights:
        add(QUERIES[name])
    return ordered
