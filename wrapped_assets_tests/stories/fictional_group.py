"""A fictional group's year: nobody's data."""

from __future__ import annotations

from datetime import date

from wrapped_assets.stories.group_data import Award, GroupData, Overlap

MEMBERS = ("Ana", "Bo", "Chiyo", "Dragan", "Efua")


def fictional_group(locale: str = "en") -> GroupData:
    """Five members with every award and every pair."""
    numbers = {
        "most_minutes": [41_208.5, 29_824, 22_310, 18_004, 9_120], "most_discoveries": [402, 231, 187, 90, 12],
        "most_loyal": [14, 9, 4, 2, 1], "early_bird": [0.48, 0.31, 0.22, 0.09, 0.004], "picky_listener": [0.39, 0.27, 0.14, 0.08, 0.02],
    }  # fmt: skip
    awards = [
        Award(kind, MEMBERS[(place + turn) % 5], value)
        for turn, (kind, values) in enumerate(numbers.items())
        for place, value in enumerate(values)
    ]
    awards += [
        Award("rarest_listen", "Chiyo", 1, "Paper Harbour", "Odile Vantage"),
        Award("rarest_listen", "Efua", 3, "Glass Orchard", "Low Ceiling"),
    ]
    artists = ("Marrow & Pine", "Tidal Arcade", "Kestrel Youth", "")
    overlaps = [
        Overlap(MEMBERS[one], MEMBERS[other], round(0.04 + 0.07 * ((one * 3 + other * 5) % 7), 2), artists[(one + other) % 4])
        for one in range(5)
        for other in range(one + 1, 5)
    ]
    brought = ("Marrow & Pine", "Tidal Arcade", "Odile Vantage", "Low Ceiling", "Tidal Arcade")
    songs = ("Lantern Season", "Salt", "Paper Harbour", "Glass Orchard", "Halogen")
    members = [
        {"listener_name": name, "artist_name": artist, "top_recording_name": song, "listen_count": 9000 - 1100 * n,
         "minutes": 30_000.0 - 5000 * n, "play_count": 9500, "unknown_length_count": 0}
        for n, (name, artist, song) in enumerate(zip(MEMBERS, brought, songs, strict=True))
    ]  # fmt: skip
    return GroupData(
        "The Quiet Corner", 2025, "2025", "default", (date(2025, 1, 1), date(2025, 12, 31)), MEMBERS, awards, overlaps, locale,
        insights={"group_members": members}, agreed={name: date(2025, 3, 1 + n) for n, name in enumerate(MEMBERS)},
    )  # fmt: skip
