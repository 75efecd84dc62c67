"""Every playlist format there is, found by walking this package."""

from __future__ import annotations

from functools import cache

from wrapped_assets.contracts.discovery import declared_in
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.playlists.formats.contract import PlaylistFormat


@cache
def all_formats() -> dict[str, PlaylistFormat]:
    """The formats by name, in the order of their names. Raises DeclarationError where a name or suffix stands twice."""
    found = sorted(declared_in("wrapped_assets.playlists.formats", PlaylistFormat), key=lambda form: form.name)
    for attribute in ("name", "suffix"):
        values = [getattr(form, attribute) for form in found]
        if len(set(values)) < len(values):
            raise DeclarationError(f"two playlist formats share a {attribute}: {values}; give each its own")
    return {form.name: form for form in found}


def format_named(name: str) -> PlaylistFormat:
    """The format called `name`. Raises ValueError, naming those there are, for any other."""
    if name not in all_formats():
        raise ValueError(f"unknown playlist format {name!r}; known are {', '.join(all_formats())}")
    return all_formats()[name]
