"""What may be said to Dagster: numbers, known words and digests. Whatever is said stays in its storage for good.

Metadata, tags, logs and errors go through here, so that no listener's data can: a value of another kind is refused.
"""

import errno
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeVar

import dagster as dg
import polars as pl

from wrapped_assets.building.failures import described
from wrapped_assets.contracts.errors import RegistryUnavailable, WrappedError
from wrapped_assets.orchestration.where import data_root

Fact = int | float | str
T = TypeVar("T")

DIGEST = re.compile(r"[0-9a-f]{16,64}")
# Words that a fact may be made of, besides numbers: reasons to compute, and what is counted.
WORDS = frozenset(
    {
        "missing", "damaged", "logic", "engine", "rules", "data", "column", "upstream", "asked", "rebucketed", "nothing", "landed", "stale",
        "all", "none",
    }
)
PLAIN = re.compile(r"\d+|\d{4}-\d{2}(\.\.\d{4}-\d{2})?")  # a number or a period
NAME = re.compile(r"[a-z][a-z_]*(/[a-z_]+)?")
# A registry that is away, or a disk or share that is busy, may be there half a minute later. A function that raises would raise again.
# Dagster's RetryPolicy is not used, because it would also start a step again that was canceled.
RETRIES, RETRY_SECONDS = 3, 30
PASSING = frozenset({errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.ESTALE, errno.ETIMEDOUT, errno.ETXTBSY, errno.ENFILE, errno.EMFILE})
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
    known = [*WORDS, *declared]
    if not DIGEST.fullmatch(fact) and not all(word in known or PLAIN.fullmatch(word) for word in re.split(r"[ ,]+", fact)):
        raise ValueError(f"the fact {name!r} is a text of other than known words, numbers, periods and digests")
    return dg.MetadataValue.text(fact)


def table(rows: Sequence[Mapping[str, Fact]], declared: Collection[str]) -> dg.TableMetadataValue:
    """A table of facts, which may name `declared` assets; refuses what `metadata` refuses."""
    found = [{name: _value(name, fact, declared).value for name, fact in row.items()} for row in rows]
    columns = [dg.TableColumn(name, "string" if isinstance(fact, str) else "number") for name, fact in (rows[0] if rows else {}).items()]
    return dg.MetadataValue.table([dg.TableRecord(row) for row in found], schema=dg.TableSchema(columns=columns))


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
    """What `work` returns. Its errors become a Failure that says their kind and place and not one value of theirs.

    It allows retries where the world was at fault and that may pass.
    """
    passes = False
    try:
        return work()
    except (dg.Failure, dg.DagsterError):
        raise
    except WrappedError as error:
        said, passes = without_places(str(error)), isinstance(error, RegistryUnavailable) and error.may_pass
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 (whatever it was, its text may hold data)
        said, passes = described(error), isinstance(error, OSError) and error.errno in PASSING
    # Raised outside the handlers: an exception raised inside one carries the other, and its text, along.
    raise dg.Failure(f"{asset}: {said}", allow_retries=passes)


def trying_again(asset: str, work: Callable[[], T]) -> T:
    """The same within a step, which is tried again where that may help."""
    try:
        return discreetly(asset, work)
    except dg.Failure as failure:
        if not failure.allow_retries:
            raise
        raise dg.RetryRequested(RETRIES, RETRY_SECONDS) from failure


def step_by_step(asset: str, steps: Iterator[T]) -> Iterator[T]:
    """What a step yields, discreetly; it is tried again where that may help."""
    end = object()
    while (found := trying_again(asset, lambda: next(steps, end))) is not end:
        yield found  # type: ignore[misc]
