"""One hash over everything that turns a story's rows into a page and the files beside it: code, templates, sentences, faces, libraries."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import wrapped_assets
from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning.closure import Closures

_FOLDERS = ("stories", "faces", "playlists/formats")  # with templates and sentences beside the code; no module imports a format
_CODE = ("stories.page", "serving.rendered.gathering", "serving.rendered.files")
_LIBRARIES = ("babel", "jinja2", "markupsafe")


@cache
def renderer_hash() -> str:
    """32 hex digits; another where a page or a file could look another way."""
    package = Path(wrapped_assets.__file__).parent
    beside = (path for folder in _FOLDERS for path in sorted((package / folder).rglob("*")) if path.is_file() and path.suffix != ".pyc")
    files = [f"{path.relative_to(package)} {hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()}" for path in beside]
    code = Closures({}).hash(f"wrapped_assets.{module}" for module in _CODE)
    return combined(code, *files, *(f"{library} {version(library)}" for library in _LIBRARIES))
