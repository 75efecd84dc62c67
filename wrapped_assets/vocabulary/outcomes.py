"""What becomes of a play: it is counted, or one reason says why not."""

OUTCOMES: tuple[str, ...] = ("counted", "too_short", "private", "excluded", "outside_window", "not_music")
COUNTED, TOO_SHORT, PRIVATE, EXCLUDED, OUTSIDE_WINDOW, NOT_MUSIC = range(len(OUTCOMES))

# Plays of the window that were music and not excluded; the rules say from which length on short and private ones add to the minutes.
IN_MINUTES: tuple[int, ...] = (COUNTED, TOO_SHORT, PRIVATE)
