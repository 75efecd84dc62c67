"""Ways to write one number into an asset, each in two versions: what is not followed must be refused.

A file holds constructs, each with a line `### kind: what | one way | the other`, the text above the asset in which `{}` is one way
or the other, a line `= expression` that the asset adds to its counts, and modules beside it, each after a line `--- name`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HEAD = """
import polars as pl
from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c
"""
ASSET = '''
@declare(layer="insights", kind="year_bucket", grain=[c.listener_id], columns=[c.listen_count],
         reads={"listener_days": [c.listener_id, c.listen_count]})
def totals(listener_days):
    """Listens of a year."""
    return listener_days.with_columns(listen_count=pl.col("listen_count") + (%s))
'''


@dataclass(frozen=True)
class Construct:
    """One way to write a number: the text of each module in either version."""

    kind: str
    what: str
    versions: tuple[dict[str, str], dict[str, str]]  # module → text


@cache
def constructs() -> tuple[Construct, ...]:
    """Every construct of the files beside this one, in their order."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.txt")):
        for block in re.split(r"^### ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            head, _, text = block.partition("\n")
            title, one, other = (part.strip() for part in re.split(r" \| ", head))
            kind, _, what = title.partition(": ")
            found.append(Construct(kind, what, (_modules(text, one), _modules(text, other))))
    return tuple(found)


def _modules(text: str, way: str) -> dict[str, str]:
    text = text.replace("{}", way.replace("\\n", "\n"))
    asset, *beside = re.split(r"^--- ", text, flags=re.MULTILINE)
    above, _, number = asset.rpartition("\n= ")
    if asset.startswith("= "):
        above, number = "", asset[2:]
    modules = {"asset": f"{HEAD}{above.lstrip()}\n{ASSET % number.strip()}"}
    return modules | {name.strip(): rest for name, _, rest in (one.partition("\n") for one in beside)}
