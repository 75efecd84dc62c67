"""One hash over everything that turns a story's rows into a page: our code, its templates, sentences and faces, and the libraries."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import wrapped_assets
from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning.closure import Closures

_FOLDERS = ("stories", "faces")  # with templates and sentences beside the code
_LIBRARIES = ("babel", "jinja2", "markupsafe")


@cache
def renderer_hash() -> str:
    """32 hex digits; another where a page could look another way."""
    package = Path(wrapped_assets.__file__).parent
    beside = (path for folder in _FOLDERS for path in sorted((package / folder).rglob("*")) if path.is_file() and path.suffix != ".pyc")
    files = [f"{path.relative_to(package)} {hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()}" for path in beside]
    code = Closures({}).hash(["wrapped_assets.stories.page", "wrapped_assets.serving.rendered.gathering"])
    return combined(code, *files, *(f"{library} {version(library)}" for library in _LIBRARIES))
