"""A file of records: the manifest's rows of a period and bucket as JSON with a checksum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import xxhash

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.storage.whole_files import write_whole

Records = dict[str, dict[str, Any]]  # asset → the fields of its stored cell


class DamagedRecordError(WrappedError):
    """A file of records has not the content that was written."""


def read_records(path: Path) -> Records:
    """The records of a file; none where there is no file. DamagedRecordError where it does not match its checksum."""
    try:
        document = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise _damaged(path) from None
    if isinstance(document, dict) and document.keys() == {"cells", "checksum"}:
        if document["checksum"] == _checksum(document["cells"]):
            return document["cells"]
    elif isinstance(document, dict) and all("/" in name and isinstance(found, dict) for name, found in document.items()):
        return document  # written by a program that kept no checksum
    raise _damaged(path)


def store_records(path: Path, records: Records, *, syncs: bool = True) -> None:
    """Writes the file whole; removes it where there is no record. `syncs` as in `whole_file`."""
    if records:
        document = {"cells": records, "checksum": _checksum(records)}
        write_whole(path, orjson.dumps(document, option=orjson.OPT_SORT_KEYS), syncs=syncs)
    else:
        path.unlink(missing_ok=True)


def _checksum(records: Records) -> str:
    return xxhash.xxh3_128_hexdigest(orjson.dumps(records, option=orjson.OPT_SORT_KEYS))


def _damaged(path: Path) -> DamagedRecordError:
    return DamagedRecordError(f"the records {path.parent.name}/{path.name} are damaged: the next build of their cells writes them anew")
