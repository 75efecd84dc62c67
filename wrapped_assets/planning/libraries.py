"""The versions of what decides numbers beside our own code."""

from __future__ import annotations

import os
import re
import sys
from functools import cache

# Modules of libraries whose version counts where code names them, and the library's name.
LIBRARIES = {"numpy": "numpy", "scipy": "scipy", "zoneinfo": "tzdata"}


def libraries() -> dict[str, str]:
    """The version of each library that can decide a number, and Python's minor version."""
    versions = {name: _version(name) for name in ("polars", *LIBRARIES.values())}
    return {**versions, "python": "{}.{}".format(*sys.version_info)}


@cache
def _version(library: str) -> str:
    """The version of an installed library, by the name of its folder of metadata; by the metadata where there is not exactly one."""
    named = re.compile(rf"{library}-([^-]+)\.dist-info")
    for folder in sys.path:
        try:
            found = [match[1] for name in os.listdir(folder or ".") if (match := named.fullmatch(name.lower()))]  # noqa: PTH208 (names alone)
        except OSError:
            continue
        if len(found) == 1:
            return found[0]
        if found:
            break
    from importlib.metadata import version  # as long as all the rest of a command's start

    return version(library)
