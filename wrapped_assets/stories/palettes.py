"""The colours of each chapter, light and dark; text on paper keeps a contrast of 4.5 to 1 or more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Paper and what is printed on it: ink for text, muted for small print, spot for figures and large words."""

    paper: str
    ink: str
    muted: str
    spot: str


# chapter: (light, light inverse, dark, dark inverse); an inverse card prints paper on spot.
CHAPTERS: dict[str, tuple[Palette, Palette, Palette, Palette]] = {
    "overview": (
        Palette("#f6ead7", "#1f1811", "#5c4c3b", "#b8301c"), Palette("#b8301c", "#fff3e2", "#ffe3cf", "#ffe9a8"),
        Palette("#1b1511", "#f8ecdb", "#c9b7a1", "#ff7a5c"), Palette("#5c160c", "#ffeedd", "#f2c9b8", "#ffc27a"),
    ),
    "music": (
        Palette("#ffcf4a", "#241a00", "#4f3b00", "#8f1d3f"), Palette("#8f1d3f", "#fff0d6", "#ffd9d9", "#ffcf4a"),
        Palette("#1f1804", "#ffe9ad", "#d0b878", "#ffbf1f"), Palette("#4d0d22", "#ffe9d0", "#eec0c4", "#ffc93d"),
    ),
    "habits": (
        Palette("#bfe6d6", "#06281f", "#1f4d41", "#005c4b"), Palette("#004d40", "#e2fff4", "#b9e6d8", "#ffd166"),
        Palette("#06201a", "#d6f5e9", "#9cc7b8", "#46d9a9"), Palette("#003a30", "#dcfff2", "#a6d8c8", "#ffd166"),
    ),
    "discovery": (
        Palette("#dcd3ff", "#1b1147", "#42357d", "#4a1fc4"), Palette("#3a17a3", "#f3eeff", "#d7cbff", "#ffb3e1"),
        Palette("#140d2e", "#e9e2ff", "#b8abe6", "#b197ff"), Palette("#2a1178", "#f1ebff", "#cbbcfb", "#ffa8dc"),
    ),
    "places": (
        Palette("#ffd9c2", "#3a1405", "#6b3820", "#a3380a"), Palette("#8a2d06", "#fff0e6", "#ffd8c2", "#ffd98a"),
        Palette("#2a1208", "#ffe6d8", "#dcb49e", "#ff9a66"), Palette("#5a1d04", "#ffeadd", "#f0c4ac", "#ffcf87"),
    ),
    "community": (
        Palette("#ffd3e4", "#3a0420", "#6e2a48", "#a80a55"), Palette("#7d0a42", "#fff0f6", "#ffcfe2", "#ffe08a"),
        Palette("#2a0618", "#ffe1ec", "#dfa9c0", "#ff86b8"), Palette("#560530", "#ffeaf2", "#f2bcd2", "#ffd98a"),
    ),
    "more": (
        Palette("#cfe4ff", "#06203f", "#2b4a70", "#0b4fa8"), Palette("#0b3f86", "#eef6ff", "#c7dffc", "#ffdd75"),
        Palette("#071a30", "#dcecff", "#a3bfe0", "#76b5ff"), Palette("#06305f", "#e6f2ff", "#b4d0f2", "#ffd866"),
    ),
    "counted": (
        Palette("#ecece6", "#1c1c1a", "#51514b", "#3c3c37"), Palette("#2a2a27", "#f4f4ee", "#cfcfc6", "#f4d35e"),
        Palette("#131312", "#efefe8", "#b5b5ac", "#d8d8ce"), Palette("#232321", "#f4f4ee", "#c9c9c0", "#f4d35e"),
    ),
}  # fmt: skip

# An artist's page is a stage: dark where a listener's is light, and the lamps are on where that is dark.
STAGE: dict[str, tuple[Palette, Palette, Palette, Palette]] = {
    "overview": (
        Palette("#10131f", "#f3f1ff", "#b9b6d9", "#ffd23f"), Palette("#ffd23f", "#14110a", "#4a3d12", "#8a1f5c"),
        Palette("#10131f", "#f3f1ff", "#b9b6d9", "#ffd23f"), Palette("#2a2a48", "#f6f4ff", "#c9c6ea", "#ffd96b"),
    ),
    "music": (
        Palette("#1f0b16", "#ffeaf3", "#d9a9bf", "#ff5fa2"), Palette("#ff6fab", "#1c000f", "#4a0429", "#3b0220"),
        Palette("#1f0b16", "#ffeaf3", "#d9a9bf", "#ff5fa2"), Palette("#4d0d30", "#ffeaf3", "#eab9cf", "#ff9cc6"),
    ),
    "habits": (
        Palette("#06211d", "#e0fff6", "#9cd3c4", "#3fe0b5"), Palette("#3fe0b5", "#03211a", "#0c3d33", "#043d5e"),
        Palette("#06211d", "#e0fff6", "#9cd3c4", "#3fe0b5"), Palette("#0d4038", "#e0fff6", "#a9dccd", "#6df0cb"),
    ),
    "discovery": (
        Palette("#0b1636", "#e6eeff", "#a9bdee", "#7db0ff"), Palette("#7db0ff", "#04112f", "#12285c", "#3a0a5e"),
        Palette("#0b1636", "#e6eeff", "#a9bdee", "#7db0ff"), Palette("#1a2f6b", "#e6eeff", "#bccdf6", "#a4c8ff"),
    ),
    "places": (
        Palette("#2a1105", "#ffeede", "#e0b394", "#ff9d47"), Palette("#ff9d47", "#260d00", "#4f2203", "#6b0a1c"),
        Palette("#2a1105", "#ffeede", "#e0b394", "#ff9d47"), Palette("#5c2a0e", "#ffeede", "#edc7ac", "#ffb877"),
    ),
    "community": (
        Palette("#1d0b2e", "#f6eaff", "#ccacea", "#c58bff"), Palette("#c58bff", "#1a0430", "#3b1160", "#4a0032"),
        Palette("#1d0b2e", "#f6eaff", "#ccacea", "#c58bff"), Palette("#431a66", "#f6eaff", "#dcc2f4", "#dcb6ff"),
    ),
    "more": (
        Palette("#14181d", "#eef4fa", "#b1bcc8", "#8fd0ff"), Palette("#8fd0ff", "#07131d", "#1d3a50", "#3d1560"),
        Palette("#14181d", "#eef4fa", "#b1bcc8", "#8fd0ff"), Palette("#2a3743", "#eef4fa", "#c2cdd8", "#a8dbff"),
    ),
    "counted": (
        Palette("#161615", "#f1f1ea", "#bdbdb3", "#e6e0c8"), Palette("#e6e0c8", "#191812", "#46443a", "#5c2a12"),
        Palette("#161615", "#f1f1ea", "#bdbdb3", "#e6e0c8"), Palette("#33332f", "#f1f1ea", "#c9c9bf", "#efe9d2"),
    ),
}  # fmt: skip


def chapter_of(name: str) -> str:
    """The chapter whose colours a card wears; unknown chapters share one palette."""
    return name if name in CHAPTERS else "more"


def _rule(chapter: str, palette: Palette, selector: str) -> str:
    colours = f"--paper:{palette.paper};--ink:{palette.ink};--muted:{palette.muted};--spot:{palette.spot}"
    return f".{chapter}{selector}{{{colours}}}"


def stylesheet(subject: str = "listener", wanted: Collection[str] = CHAPTERS) -> str:
    """The wanted chapters' colours of a page about a listener, a group or an artist, as CSS custom properties for both colour schemes."""
    colours = STAGE if subject == "artist" else CHAPTERS
    chapters = {name: each for name, each in colours.items() if name in wanted}
    light = [_rule(name, of, suffix) for name, each in chapters.items() for of, suffix in ((each[0], ""), (each[1], ".inverse"))]
    dark = [_rule(name, of, suffix) for name, each in chapters.items() for of, suffix in ((each[2], ""), (each[3], ".inverse"))]
    return "\n".join(light) + "\n@media screen and (prefers-color-scheme: dark){\n" + "\n".join(dark) + "\n}"
