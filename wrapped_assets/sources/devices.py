"""Reads the kind of a device out of what services write: a system, a browser, a product, often with versions and serial numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from wrapped_assets.vocabulary.devices import CODES

# The first that is found decides: "Android-tablet" and "android_tv" are no phones, and a car's and a watch's system is a phone's.
_KINDS = (
    ("car", r"\bcar\b|carthing|car_|carplay|automotive|android auto\b|tesla|\bbmw|\bford|volvo|polestar|rivian"),
    ("watch", r"watch|wear ?os|\bwear\b|garmin|fitbit"),
    ("console", r"playstation|\bps[345]\b|xbox|scei|nintendo"),
    ("television", r"\btv|tv\b|_tv|tv_|tvos|tizen|webos|roku|chromecast|bravia|vizio|fire ?tv|set-?top"),
    ("speaker", r"sonos|echo|alexa|amazon_salmon|google[ _]home|home[ _-]?mini|nest[ _](?:mini|audio|hub)|homepod|speaker|soundbar|\bcast"),
    ("speaker", r"\bbose|denon|yamaha|libratone"),
    ("tablet", r"tablet|ipad|kindle|\bsm-[tx]\d|galaxy tab"),
    ("phone", r"iphone|ipod|\bios\b|android|mobile|phone"),
    ("computer", r"windows|\bos ?x\b|mac ?os|macintosh|\bmac\b|linux|ubuntu|chrome ?os|web[_ ]?player|browser|desktop|\bweb\b|\bpc\b"),
)  # fmt: skip
_PATTERNS = tuple((CODES[kind], re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)


def device_code(value: Any) -> int | None:
    """The code of the kind of device that a text names (`vocabulary.devices`), that of "other" for an unknown one; null for no text."""
    return _of_text(value) if isinstance(value, str) and value and not value.isspace() else None


@lru_cache(maxsize=4096)
def _of_text(text: str) -> int | None:
    if text.strip().casefold() in ("not_applicable", "unknown", "n/a", "null", "none", "na"):
        return None
    return next((code for code, pattern in _PATTERNS if pattern.search(text)), CODES["other"])
