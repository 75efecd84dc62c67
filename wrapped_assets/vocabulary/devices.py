"""The kinds of device on which something is played. Nothing finer is kept of a device."""

DEVICES: tuple[str, ...] = ("phone", "tablet", "computer", "television", "speaker", "console", "car", "watch", "other")
CODES: dict[str, int] = {name: code for code, name in enumerate(DEVICES, 1)}
