"""Documents as JSON."""

from __future__ import annotations

import orjson


def as_json(document: object) -> bytes:
    """One JSON document with a line end; keys in the order given."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
