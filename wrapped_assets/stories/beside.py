"""What lies beside the pages of a site and is the same for all: faces, the styles with the palettes, and the script."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b, sha256

from wrapped_assets.faces.embedding import face_files, rules_of_every_face
from wrapped_assets.stories import palettes
from wrapped_assets.stories.scripts import STORY, script
from wrapped_assets.stories.styles import styles

FACE, CSS, JAVASCRIPT = "font/woff2", "text/css; charset=utf-8", "text/javascript; charset=utf-8"


@dataclass(frozen=True)
class Beside:
    """A file whose name has a hash of its content, so that a browser may keep it for ever."""

    stem: str
    suffix: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.stem}.{blake2b(self.text.encode(), digest_size=6).hexdigest()}.{self.suffix}"

    @property
    def integrity(self) -> str:
        """What a page says of the file: a browser uses no other content."""
        return f"sha256-{b64encode(sha256(self.text.encode()).digest()).decode()}"


@cache
def story_styles() -> Beside:
    """The styles of every listener's page. A browser loads those of the faces that a page has characters of."""
    return Beside("story", "css", f"{rules_of_every_face('.', with_bold_text=False)}\n{palettes.stylesheet()}\n{styles()}")


@cache
def story_script() -> Beside:
    """The script of every listener's page without sound."""
    return Beside("story", "js", script(STORY))


@cache
def links_beside(folder: str) -> dict[str, tuple[str, str]]:
    """The address and the integrity of the styles and of the script, for pages that reach the files in `folder`."""
    return {each.suffix: (f"{folder}/{each.name}", each.integrity) for each in (story_styles(), story_script())}


def files_beside() -> dict[str, bytes]:
    """The content of every file that a rendered page may name, by its name."""
    return face_files() | {each.name: each.text.encode() for each in (story_styles(), story_script())}


def kind_of(name: str) -> str:
    """The media type of a file beside pages."""
    return {"css": CSS, "js": JAVASCRIPT}.get(name.rpartition(".")[2], FACE)
