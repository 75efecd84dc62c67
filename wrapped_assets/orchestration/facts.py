"""What may be said to Dagster: numbers, known words and digests. Whatever is said stays in its storage for good.

Metadata, tags, logs and errors go through here, so that no listener's data can: a value of another kind is refused.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

import dagster as dg
import polars as pl

from wrapped_assets.building.unit import described
from wrapped_assets.contracts.errors import BuildError, InputError, RefusedError

Fact = int | float | str
T = TypeVar("T")

DIGEST = re.compile(r"[0-9a-f]{16,64}")
# Words that a fact may be made of, besides numbers: reasons to compute, and what is counted.
WORDS = frozenset({"missing", "logic", "rules", "data", "column", "upstream", "asked", "nothing", "landed"})
NAME = re.compile(r"[a-z][a-z_]*(/[a-z_]+)?")


def metadata(facts: Mapping[str, Fact]) -> dict[str, dg.MetadataValue]:
    """Metadata of facts; ValueError or TypeError, which do not repeat the value, for anything else."""
    return {name: _value(name, fact) for name, fact in facts.items()}


def _value(name: str, fact: Fact) -> dg.MetadataValue:
    if not NAME.fullmatch(name):
        raise ValueError("a fact's name is lower-case words")
    if isinstance(fact, bool) or not isinstance(fact, int | float | str):
        raise TypeError(f"the fact {name!r} is neither a number nor a text")
    if isinstance(fact, int):
        return dg.MetadataValue.int(fact)
    if isinstance(fact, float):
        return dg.MetadataValue.float(round(fact, 3))
    if not DIGEST.fullmatch(fact) and not all(word in WORDS or word.isdecimal() for word in re.split(r"[ ,]+", fact)):
        raise ValueError(f"the fact {name!r} is a text of other than known words, numbers and digests")
    return dg.MetadataValue.text(fact)


def discreetly(asset: str, work: Callable[[], T]) -> T:
    """What `work` returns. Its errors become a Failure that says their kind and place and not one value of theirs."""
    try:
        return work()
    except (dg.Failure, dg.DagsterError, RefusedError):  # a gate's refusal names nobody
        raise
    except BuildError as error:
        said = str(error)
    except InputError as error:
        said = re.sub(r"(/[^\s:,]+)+", "the data root", str(error))
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 (whatever it was, its text may hold data)
        said = described(error)
    # Raised outside the handlers: an exception raised inside one carries the other, and its text, along.
    raise dg.Failure(f"{asset}: {said}", allow_retries=False)
