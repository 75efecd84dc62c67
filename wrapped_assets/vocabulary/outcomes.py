"""The outcomes of a play: counted, or the reason why it is not."""

OUTCOMES: tuple[str, ...] = ("counted", "too_short", "private", "excluded", "outside_window", "not_music")
COUNTED, TOO_SHORT, PRIVATE, EXCLUDED, OUTSIDE_WINDOW, NOT_MUSIC = range(len(OUTCOMES))

# Plays of music inside the window that are not excluded. Short and private ones add to the minutes if the rules find them long enough.
IN_MINUTES: tuple[int, ...] = (COUNTED, TOO_SHORT, PRIVATE)
