"""What becomes of a play: it is counted, or one reason says why not."""

OUTCOMES: tuple[str, ...] = ("counted", "too_short", "private", "excluded", "outside_window", "not_music")
COUNTED, TOO_SHORT, PRIVATE, EXCLUDED, OUTSIDE_WINDOW, NOT_MUSIC = range(len(OUTCOMES))

# Minutes count every play of the window that was music and not excluded, short and private ones included.
IN_MINUTES: tuple[int, ...] = (COUNTED, TOO_SHORT, PRIVATE)
