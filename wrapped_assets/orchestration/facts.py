"""What may be said to Dagster: numbers, known words and digests. Whatever is said stays in its storage for good.

Metadata, tags, logs and errors go through here, so that no listener's data can: a value of another kind is refused.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

import dagster as dg
import polars as pl

from wrapped_assets.building.failures import described
from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.orchestration.where import data_root

Fact = int | float | str
T = TypeVar("T")

DIGEST = re.compile(r"[0-9a-f]{16,64}")
# Words that a fact may be made of, besides numbers: reasons to compute, and what is counted.
WORDS = frozenset(
    {"missing", "damaged", "logic", "engine", "rules", "data", "column", "upstream", "asked", "nothing", "landed", "stale", "all", "none"}
)
NAME = re.compile(r"[a-z][a-z_]*(/[a-z_]+)?")
QUOTED = re.compile(r"(?<!\w)'[^']*'|\"[^\"]*\"|“[^”]*”")  # what a message repeats of its input


def metadata(facts: Mapping[str, Fact], declared: Collection[str] = ()) -> dict[str, dg.MetadataValue]:
    """Metadata of facts, which may name `declared` columns; ValueError or TypeError, which do not repeat the value, for anything else."""
    return {name: _value(name, fact, declared) for name, fact in facts.items()}


def _value(name: str, fact: Fact, declared: Collection[str]) -> dg.MetadataValue:
    if not NAME.fullmatch(name):
        raise ValueError("a fact's name is lower-case words")
    if isinstance(fact, bool) or not isinstance(fact, int | float | str):
        raise TypeError(f"the fact {name!r} is neither a number nor a text")
    if isinstance(fact, int):
        return dg.MetadataValue.int(fact)
    if isinstance(fact, float):
        return dg.MetadataValue.float(round(fact, 3))
    if not DIGEST.fullmatch(fact) and not all(word in WORDS or word in declared or word.isdecimal() for word in re.split(r"[ ,]+", fact)):
        raise ValueError(f"the fact {name!r} is a text of other than known words, numbers and digests")
    return dg.MetadataValue.text(fact)


def told(template: str, **numbers: int) -> str:
    """A sentence that is the same for everybody but for its numbers; TypeError, which does not repeat the value, for anything else."""
    if not all(type(number) is int for number in numbers.values()):
        raise TypeError("only whole numbers may be told")
    return template.format(**numbers)


def without_places(message: str) -> str:
    """An error's message without paths and without what it quotes: folders may be called as a person is."""
    for root in {str(data_root()), str(data_root().resolve())}:
        message = message.replace(root, "the data root")
    return re.sub(r"(?<![\w.'\"])(?:[A-Za-z]:\\|/)[^\n:,;]*", "the data root", QUOTED.sub("…", message))


def failed_cells(messages: Collection[str]) -> dg.Failure:
    """The failure of a step some of whose cells failed; the messages are the build's, which quote no value."""
    some = " · ".join(sorted(set(messages))[:5])
    return dg.Failure(f"{len(messages)} cells failed. {some}", allow_retries=False)


def discreetly(asset: str, work: Callable[[], T]) -> T:
    """What `work` returns. Its errors become a Failure that says their kind and place and not one value of theirs."""
    try:
        return work()
    except (dg.Failure, dg.DagsterError):
        raise
    except WrappedError as error:
        said = without_places(str(error))
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 (whatever it was, its text may hold data)
        said = described(error)
    # Raised outside the handlers: an exception raised inside one carries the other, and its text, along.
    raise dg.Failure(f"{asset}: {said}", allow_retries=False)
