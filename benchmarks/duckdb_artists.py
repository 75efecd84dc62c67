"""What an artist is told, as hand-written DuckDB SQL."""

from __future__ import annotations

SHARED: dict[str, str] = {
    "recording_artists": """
        with credit as (select recording_id, min(artist_credit_id) as artist_credit_id from plays where is_listen group by all)
        select recording_id, artist_id from credit join (from credits where artist_position = 0) using (artist_credit_id)""",
}

INSIGHTS: dict[str, str] = {
    "artist_totals": """
        with totals as (select y, artist_id, count(*) as listener_count, sum(n)::bigint as listen_count, sum(ms)::bigint as ms,
                               count(distinct country) as country_count
                        from audiences left join profiles using (listener_id) group by all having listener_count >= 20)
        select now.y, now.artist_id, now.listener_count, now.listen_count, now.ms / 3600000 as hours, now.country_count,
               old.listener_count as previous_listener_count, old.listen_count as previous_listen_count
        from totals now left join totals old on old.artist_id = now.artist_id and old.y = now.y - 1""",
    "artist_recordings": """
        with songs as (select y, recording_id, sum(n)::bigint as listen_count, sum(ms)::bigint as ms,
                              min(first_listened_at) as first_listened_at, count(*) as listener_count
                       from recording_years where n > 0 group by all having listener_count >= 20)
        select y, artist_id, recording_id, listen_count, listener_count,
               row_number() over (partition by y, artist_id order by listen_count desc, ms desc, first_listened_at, recording_id)
                   as artist_recording_rank
        from songs join recording_artists using (recording_id) qualify artist_recording_rank <= 50""",
    "artist_places": """
        with areas as (select listener_id, 'country' as area_kind, country, null::varchar as place_name
                       from profiles where country is not null
                       union all
                       select listener_id, 'place', country, place_name from profiles where place_name is not null),
             homes as (select y, area_kind, country, place_name, count(*) as people
                       from listener_years join areas using (listener_id) where n > 0 group by all),
             usual as (select *, people / sum(people) over (partition by y, area_kind) as usual from homes),
             counts as (select y, artist_id, area_kind, country, place_name, count(*) as people
                        from audiences join areas using (listener_id) group by all),
             cells as (select *, people >= 20 as is_large, sum(people) over (partition by y, artist_id, area_kind)::bigint as everyone
                       from counts),
             told as (select y, artist_id, area_kind, if(is_large, country, null) as country, if(is_large, place_name, null) as place_name,
                             is_large, everyone, sum(people)::bigint as listener_count
                      from cells group by all having listener_count >= 20)
        select t.y, artist_id, t.area_kind, t.country, t.place_name, listener_count, listener_count / everyone as listener_share,
               listener_count / everyone / usual as lift,
               row_number() over (partition by t.y, artist_id, t.area_kind
                                  order by not is_large, listener_count desc, lift desc, t.country nulls first, t.place_name nulls first)
                   as area_rank
        from told t left join usual u on u.y = t.y and u.area_kind = t.area_kind and u.country is not distinct from t.country
                                         and u.place_name is not distinct from t.place_name and u.people >= 20 and is_large""",
    "top_listeners": """
        with favourites as (select y, artist_id, count(*) as favourite_count from artist_ranks where artist_rank = 1 group by all),
             descending as (select y, artist_id, n, sum(n) over (partition by y, artist_id) as everything,
                                   sum(n) over (partition by y, artist_id order by n desc rows unbounded preceding) - n as before
                            from audiences),
             audience as (select y, artist_id, count(*) as listener_count,
                                 count(*) filter (2 * before <= everything) as super_listener_count,
                                 sum(n) filter (2 * before <= everything) / sum(n) as super_listen_share
                          from descending group by all having listener_count >= 20)
        select y, artist_id, listener_count, if(favourite_count >= 20, favourite_count, null) as favourite_count,
               if(super_listener_count >= 20, super_listener_count, null) as super_listener_count,
               if(super_listener_count >= 20, super_listen_share, null) as super_listen_share
        from audience left join favourites using (y, artist_id)""",
}
