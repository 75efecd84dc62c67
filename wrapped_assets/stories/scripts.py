"""The scripts that pages embed, and the policies that allow each page its own script alone, by its hash."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from wrapped_assets.faces.embedding import BESIDE, CONTENT_POLICY, EMBEDDED

STORY, COUNTDOWN, PICTURES = "page.js picture.js", "countdown.js", "pictures.js"
ANIMATION = "animation.js"
# Of a page whose faces, styles and script lie beside it. Elements have styles of their own, such as the length of a bar.
POLICY_BESIDE = CONTENT_POLICY.replace(EMBEDDED, BESIDE).replace("'unsafe-inline'", "'self' 'unsafe-inline'") + "; script-src 'self'"
STORY_WITH_SOUND = f"{STORY} sound.js"


@cache
def script(name: str) -> str:
    """The text of a script of this folder, or of several one after the other, without indentation and lines of comment."""
    lines = [line.strip() for each in name.split() for line in (Path(__file__).parent / each).read_text(encoding="utf-8").splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def policy_of(name: str, *, faces_beside: bool = False) -> str:
    """What a page with this script may load and run: its styles, its faces, embedded or from its own site, the script, embedded sound."""
    policy = CONTENT_POLICY.replace(EMBEDDED, BESIDE) if faces_beside else CONTENT_POLICY
    policy += "; media-src data:" if name == STORY_WITH_SOUND else ""
    return f"{policy}; script-src 'sha256-{b64encode(sha256(script(name).encode()).digest()).decode()}'"
