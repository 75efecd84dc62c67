"""Tells the encoding of a text that is not UTF-8, where it can be told; charset-normalizer judges, and a guess between two is none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

SAMPLE_BYTES = 64 * 2**10
# What Windows, macOS and Excel write where they do not write UTF-8. A wider choice makes the detector err more on short texts.
CANDIDATES = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp932", "cp949", "gb18030", "big5", "koi8_r", "mac_roman")
# Letters of western Europe whose bytes mean no other letter that is common in central Europe or in Turkey.
WESTERN = frozenset("äöüÄÖÜßéÉáíóúÁÍÓÚñÑçÇåÅæÆøØàÀèÈêÊëËïÏîÎôÔâÂùìòœŒ¿¡’‘“”–—…«»°´·ªº")
NEAR_CHAOS, CLEAR_COHERENCE = 2.0, 15.0  # per cent, by charset-normalizer


def encoding_of(lines: Iterable[bytes]) -> str | None:
    """The encoding of some lines with characters that are neither ASCII nor UTF-8; None where it cannot be told.

    Short lists of names are all that there often is, so that several encodings make sense of them: then None.
    """
    from charset_normalizer import from_bytes  # 0.05 s to import, and seldom needed

    sample = b"\n".join(lines)
    found = from_bytes(sample, cp_isolation=list(CANDIDATES), threshold=0.3, enable_fallback=False)
    readings = [(match, str(match)) for match in found if not _mixes_scripts(str(match))]
    if not readings:
        return None
    least = min(match.percent_chaos for match, _ in readings)
    near = [(match, text) for match, text in readings if match.percent_chaos <= least + NEAR_CHAOS]
    if len({text for _, text in near}) == 1:
        return min(_names(near[0][0]), key=CANDIDATES.index)
    return _clearest(near)


def _clearest(near: list[tuple[Any, str]]) -> str | None:
    by_name = {name: (match, text) for match, text in reversed(near) for name in _names(match)}
    coherence = {name: match.percent_coherence for name, (match, _) in by_name.items()}
    western = by_name.get("cp1252")
    if western and {char for char in western[1] if ord(char) > 127} <= WESTERN and coherence["cp1252"] >= max(coherence.values()):
        return "cp1252"
    if "cp932" in by_name and any("\u3040" <= char <= "\u30ff" for char in by_name["cp932"][1]):
        return "cp932"  # kana are in every Japanese text; the same bytes read as Korean or Chinese are rare syllables
    best = max(by_name, key=lambda name: (coherence[name], -CANDIDATES.index(name)))
    rivals = [coherence[name] for name, (_, text) in by_name.items() if text != by_name[best][1]]
    return best if coherence[best] >= max(rivals) + CLEAR_COHERENCE else None


def _names(match: Any) -> list[str]:
    return [name for name in match.could_be_from_charset if name in CANDIDATES]


def _mixes_scripts(text: str) -> bool:
    """Whether a word has letters of two alphabets, or half-width kana beside Latin letters: then it was read in the wrong encoding."""
    for word in text.replace(",", " ").split():
        scripts = {unicodedata.name(char, "?").split(" ")[0] for char in word if char.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "HALFWIDTH"}) > 1:
            return True
    return False
