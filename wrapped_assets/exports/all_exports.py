"""Every export there is, found in this package: a file here with an `Export`, and a policy of its name."""

from __future__ import annotations

from wrapped_assets.contracts.discovery import declared_in
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.privacy.export import Export


def all_exports() -> dict[str, Export]:
    """Exports by name, ordered."""
    found = {export.name: export for export in declared_in("wrapped_assets.exports", Export)}
    return dict(sorted(found.items()))


def export_named(name: str) -> Export:
    """The export of that name; InputError says which there are."""
    known = all_exports()
    if name not in known:
        raise InputError(f"unknown export {name!r}; known are {', '.join(known)}")
    return known[name]
