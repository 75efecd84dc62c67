"""The fingerprint sees what a name stands for: options of expressions, things of libraries, and all that a class says."""

from __future__ import annotations

import pytest

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning.fingerprint import logic_fingerprint
from wrapped_assets_tests.planning.laboratory import BODY, Written, written

__all__ = ["written"]

USING = BODY.replace("    return", "    THING\n    return")
CALLING = BODY.replace("    return", "    Limits().top\n    return")
LONG = list(range(60))
NUMBERS = f"THING = pl.col('a').is_in({LONG})\n"

# What the name stands for, before and after; the asset's own text stays as it is.
OTHER_THINGS = {
    "the option of an expression": ("THING = pl.col('a').round(1)\n", "THING = pl.col('a').round(2)\n"),
    "a closed end": ("THING = pl.col('a').is_between(1, 2)\n", "THING = pl.col('a').is_between(1, 2, closed='left')\n"),
    "a long list in an expression": (NUMBERS, NUMBERS.replace("30,", "77,")),
    "a series in an expression": ("THING = pl.col('a').is_in(pl.Series([1, 2]))\n", "THING = pl.col('a').is_in(pl.Series([1, 3]))\n"),
    "the window of an expression": ("THING = pl.col('a').over('b')\n", "THING = pl.col('a').over('b', mapping_strategy='explode')\n"),
    "a library's function": ("from polars import min_horizontal as THING\n", "from polars import max_horizontal as THING\n"),
    "a built-in function": ("THING = min\n", "THING = max\n"),
    "a library's module": ("import math as THING\n", "import cmath as THING\n"),
    "a column type": ("THING = pl.Int32\n", "THING = pl.Int64\n"),
    "a text's method": ("THING = 'ab'.join\n", "THING = 'abc'.join\n"),
}
FIELD = "import dataclasses as d\n@d.dataclass(frozen=True)\nclass Limits:\n    top: list = d.field(default_factory=lambda: [{}])\n"
OTHER_CLASSES = {
    "a factory": FIELD,
    "a property": "class Limits:\n    @property\n    def top(self):\n        return {}\n",
    "a pair of functions": "def chosen(a):\n    return {}\nclass Limits:\n    top = (chosen, chosen)\n",
    "a flag": "import dataclasses\n@dataclasses.dataclass(frozen=True, order=bool({}))\nclass Limits:\n    top: int = 1\n",
}


@pytest.mark.parametrize("what", OTHER_THINGS)
def test_another_thing_under_the_same_name_is_other_logic(written: Written, what: str) -> None:
    before, after = OTHER_THINGS[what]
    assert logic_fingerprint(written(USING, above=before)) == logic_fingerprint(written(USING, above=before))
    assert logic_fingerprint(written(USING, above=before)) != logic_fingerprint(written(USING, above=after))


@pytest.mark.parametrize("what", OTHER_CLASSES)
def test_another_class_under_the_same_name_is_other_logic(written: Written, what: str) -> None:
    text = OTHER_CLASSES[what]
    before, again, after = (logic_fingerprint(written(CALLING, above=text.replace("{}", number))) for number in ("0", "0", "2"))
    assert before == again != after


def test_a_decorator_inside_a_function_counts(written: Written) -> None:
    above = "def one(f):\n    return lambda *a: f(*a) + {}\n"
    body = BODY.replace("    return", "    @one\n    def inner(a):\n        return a\n    inner(1)\n    return")
    before, after = (logic_fingerprint(written(body, above=above.replace("{}", number))) for number in ("1", "2"))
    without = logic_fingerprint(written(body.replace("    @one\n", ""), above=above.replace("{}", "1")))
    assert len({before, after, without}) == 3


def test_prose_and_local_names_of_a_class_leave_the_fingerprint_alone(written: Written) -> None:
    above = 'class Limits:\n    """{}."""\n    @property\n    def top(self):\n        """{}."""\n        {}\n        return {}\n'
    text, other = above.format("One", "Two", "found: int = 1  # three", "found"), above.format("1", "2", "result = 1", "result")
    assert logic_fingerprint(written(CALLING, above=text)) == logic_fingerprint(written(CALLING, above=other))


@pytest.mark.parametrize(
    "above",
    [
        "THING = pl.LazyFrame({'a': [1]})\n", "THING = pl.when(pl.col('a') > 1)\n",
        "import functools\n@functools.singledispatch\ndef THING(a):\n    return 0\n",
    ],
)  # fmt: skip
def test_what_hides_its_logic_is_refused(written: Written, above: str) -> None:
    with pytest.raises(DeclarationError, match=r"cannot (tell|stand)"):
        logic_fingerprint(written(USING, above=above))
