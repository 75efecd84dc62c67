"""However a name gets its meaning: changing what it stands for is seen or was refused, and so is what depends on the machine."""

from __future__ import annotations

import pytest

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning.fingerprint import _graph, _reached, logic_parts
from wrapped_assets_tests.planning.laboratory import DECLARED, Written, written

__all__ = ["written"]  # a fixture

BODY = '''
def totals(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """Listens of a year."""
    return listener_days.with_columns(pl.col("listen_count") * ({}))
'''
FROZEN = "from dataclasses import dataclass\n@dataclass(frozen=True)\n"
COLUMN = "from wrapped_assets.vocabulary.columns import Column\n"
OTHER = DECLARED.strip().replace("reads=", 'headline="§", reads=') + "\ndef other(listener_days):\n    'D.'\n    return listener_days\n"

# What is computed, what stands above it ("§" is what changes), modules beside it.
FOLLOWED: dict[str, tuple[str, str, dict[str, str]]] = {
    "class attribute of its own name": ("A.N", "N = §\nclass A:\n    N = N\n", {}),
    "field of its own name": ("A().k", f"k = §\n{FROZEN}class A:\n    k: int = k\n", {}),
    "default before the name": ("A().f()", f"k = §\n{FROZEN}class A:\n    def f(self, x=k):\n        return x\n    k: int = 1\n", {}),
    "member of its own name": ("A.N.value", "from enum import Enum\nN = §\nclass A(Enum):\n    N = N\n", {}),
    "tuple's field of its own name": ("A().k", "from typing import NamedTuple\nk = §\nclass A(NamedTuple):\n    k: int = k\n", {}),
    "parameter of a default's lambda": ("g(1)", "b = §\ndef g(x, h=lambda b: b):\n    return x * b\n", {}),
    "parameter of a lambda's lambda": ("G(1)", "b = §\nG = lambda x, h=lambda b: b: x * b\n", {}),
    "target with an index": ("g()", "K = §\ndef g():\n    d = {}\n    [0 for d[K] in (3,)]\n    return max(d)\n", {}),
    "module called like a builtin": ("laboratory.sum.N", "import laboratory.sum\n", {"sum": "N = §\n"}),
    "method of a column": (
        "X.factor()",
        f"{COLUMN}class Mine(Column):\n    def factor(self):\n        return §\nX = Mine('x', pl.Int64(), 'm', 'public')\n", {},
    ),
}  # fmt: skip
HINTS = [
    ("from typing import ClassVar as CV\n", "CV", "int"),
    ("from typing import ClassVar\nT = ClassVar[int]\n", "T", "int"),
    ("", "float", "int"),
]
REFUSED: dict[str, tuple[str, str, dict[str, str]]] = {
    "assignment in a hint": ("N", "N = 3\ndef f(x: (N := 5)):\n    return 1\n", {}),
    "assignment in a result's hint": ("N", "N = 3\ndef f() -> (N := 5):\n    return 1\n", {}),
    "assignment in a default": ("N", "N = 3\ndef f(x=(N := 5)):\n    return 1\n", {}),
    "assignment in a constant": ("N", "N = 3\nM = (N := 5)\n", {}),
    "assignment in a comprehension": ("N", "N = 3\nM = tuple((N := i) for i in range(5))\n", {}),
    "call in a hint": ("N", "N = 3\ndef f(x: globals().update(N=5)):\n    return 1\n", {}),
    "second import for type checkers": (
        "N", "from typing import TYPE_CHECKING\nfrom laboratory.one import N\nif TYPE_CHECKING:\n    from laboratory.two import N\n",
        {"one": "N = 5\n", "two": "N = 3\n"},
    ),
    "class that hides a module": (
        "helper.N", "from laboratory import helper\n", {"__init__": "class helper:\n    N = 5\n", "helper": "N = 3\n"},
    ),
    "built-ins of a module": ("min(3)", "def _f(x):\n    return 5\n__builtins__ = dict(min=_f)\n", {}),
    "prose of a column": ("len(c.listen_count.meaning)", "", {}),
    "prose of an asset": ("len(other.headline)", OTHER, {}),
    "docstring by format": ("len(fmt(f))", "fmt = '{0.__doc__}'.format\ndef f():\n    'D.'\n    return 1\n", {}),
    "private name of a library": ("1", "from typing import _eval_type\n", {}),
    "clock in other letters": ("np.datetime64('Now', 'us').astype('int64')", "import numpy as np\n", {}),
    "clock in bytes": ("np.datetime64(b'now', 'us').astype('int64')", "import numpy as np\n", {}),
    "clock in two parts": ("np.datetime64('no' + 'w', 'us').astype('int64')", "import numpy as np\n", {}),
    "chance under another name": ("s(pl.int_range(9, eager=True))[0]", "s = pl.Series.shuffle\n", {}),
    "chance with a seed of None": ("pl.int_range(9, eager=True).shuffle(seed=None)[0]", "", {}),
    "chance of statistics": ("N(0, 1).samples(1)[0]", "from statistics import NormalDist as N\n", {}),
    "chance of scipy": ("rand(5, 5, 1.0).sum()", "from scipy.sparse import rand\n", {}),
    "the machine's zone": ("datetime(2025, 1, 1, tzinfo=UTC).astimezone(None).hour", "from datetime import UTC, datetime\n", {}),
    "the machine's zone in a timestamp": ("datetime(2025, 1, 1).timestamp()", "from datetime import datetime\n", {}),
    "address of an object": ("len(repr(object()))", "", {}),
    "list that is kept": ("len(f())", "from functools import cache\n@cache\ndef f():\n    return [1] * 2\n", {}),
}  # fmt: skip


def _code(write: Written, expression: str, above: str, beside: dict[str, str]) -> str:
    """The text that is hashed, in which the package of the test has one name."""
    declared = write(BODY.format(expression), above=above, **beside)
    return _graph(_reached(declared)[0]).replace(declared.function.__module__.partition(".")[0], "laboratory")


@pytest.mark.parametrize("what", FOLLOWED)
def test_another_value_is_seen(written: Written, what: str) -> None:
    expression, above, beside = FOLLOWED[what]
    five, seven = (
        _code(written, expression, above.replace("§", value), {name: text.replace("§", value) for name, text in beside.items()})
        for value in ("5", "7")
    )
    assert five != seven


@pytest.mark.parametrize(("above", "one", "other"), HINTS)
def test_the_type_of_a_field_counts(written: Written, above: str, one: str, other: str) -> None:
    texts = {_code(written, "A(9).b", f"{above}{FROZEN}class A:\n    a: {hint} = 1\n    b: int = 5\n", {}) for hint in (one, other)}
    assert len(texts) == 2
    named = {_code(written, "A(9).b", f"T = {hint}\n{FROZEN}class A:\n    a: T = 1\n    b: int = 5\n", {}) for hint in ("int", "float")}
    assert len(named) == 2


@pytest.mark.parametrize("what", REFUSED)
def test_what_the_text_does_not_show_is_refused(written: Written, what: str) -> None:
    expression, above, beside = REFUSED[what]
    with pytest.raises(DeclarationError, match=r"cannot stand in code that decides a number"):
        logic_parts(written(BODY.format(expression), above=above, **beside))
