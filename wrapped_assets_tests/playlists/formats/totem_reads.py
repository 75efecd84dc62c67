"""Run by the system's Python: prints what totem-plparser finds in a playlist file, as JSON."""

import json
import pathlib
import sys

import gi

gi.require_version("TotemPlParser", "1.0")
from gi.repository import TotemPlParser  # noqa: E402 (the version is chosen first)

found = []
parser = TotemPlParser.Parser()
parser.connect("entry-parsed", lambda _, uri, metadata: found.append([uri, dict(metadata).get("title")]))
result = parser.parse(pathlib.Path(sys.argv[1]).as_uri(), False)
print(json.dumps({"ok": result == TotemPlParser.ParserResult.SUCCESS, "found": found}))
