"""A file of records: the manifest's rows of a period and bucket as JSON with a checksum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import xxhash

from wrapped_assets.contracts.errors import WrappedError

Records = dict[str, dict[str, Any]]  # asset → the fields of its stored cell


class DamagedRecordError(WrappedError):
    """A file of records has not the content that was written."""


def read_records(path: Path) -> Records:
    """The records of a file; none where there is no file. DamagedRecordError where it does not match its checksum."""
    try:
        return records_in(path.read_bytes(), f"{path.parent.name}/{path.name}")
    except FileNotFoundError:
        return {}
    except OSError:
        raise _damaged(f"{path.parent.name}/{path.name}") from None


def records_in(content: bytes, name: str) -> Records:
    """The records that a file of this name holds. DamagedRecordError as of `read_records`."""
    try:
        document = orjson.loads(content)
    except ValueError:
        raise _damaged(name) from None
    if isinstance(document, dict) and document.keys() == {"cells", "checksum"}:
        if document["checksum"] == _checksum(document["cells"]):
            return document["cells"]
    elif isinstance(document, dict) and all("/" in name and isinstance(found, dict) for name, found in document.items()):
        return document  # written by a program that kept no checksum
    raise _damaged(name)


def content_of(records: Records) -> bytes:
    """What the file of these records holds."""
    return orjson.dumps({"cells": records, "checksum": _checksum(records)}, option=orjson.OPT_SORT_KEYS)


def _checksum(records: Records) -> str:
    return xxhash.xxh3_128_hexdigest(orjson.dumps(records, option=orjson.OPT_SORT_KEYS))


def _damaged(name: str) -> DamagedRecordError:
    return DamagedRecordError(f"the records {name.removeprefix('records/')} are damaged: the next build of their cells writes them anew")
