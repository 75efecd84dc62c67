"""What cannot be told from the code alone is refused at load, with the way to write it instead."""

from __future__ import annotations

import re

import pytest

from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.planning.fingerprint import logic_fingerprint
from wrapped_assets_tests.planning.laboratory import BODY, Written, written

__all__ = ["written"]

RETURN = "    return listener_days"
OPAQUE = {
    "eval": (BODY.replace(RETURN, '    eval("1")\n' + RETURN), "", "directly"),
    "exec": (BODY.replace(RETURN, '    exec("1")\n' + RETURN), "", "directly"),
    "getattr": (BODY.replace(RETURN, '    getattr(pl, "col")\n' + RETURN), "", "directly"),
    "globals": (BODY.replace(RETURN, "    globals()\n" + RETURN), "", "directly"),
    "__import__": (BODY.replace(RETURN, '    __import__("os")\n' + RETURN), "", "the value itself"),
    "compile": (BODY.replace(RETURN, '    compile("1", "x", "eval")\n' + RETURN), "", "directly"),
    "open": (BODY.replace(RETURN, '    open("limits.txt")\n' + RETURN), "", "directly"),
    "an import inside": (BODY.replace(RETURN, "    import math\n" + RETURN), "", "top of the module"),
    "a from-import inside": (BODY.replace(RETURN, "    from math import pi\n" + RETURN), "", "top of the module"),
    "importlib": (BODY.replace(RETURN, '    importlib.import_module("os")\n' + RETURN), "import importlib\n", "docs/recompute.md"),
    "import_module": (
        BODY.replace(RETURN, '    import_module("os")\n' + RETURN), "from importlib import import_module\n", "docs/recompute.md",
    ),
    "a name that does not exist": (BODY.replace(RETURN, "    nowhere\n" + RETURN), "", "top of the module"),
    "an opaque value": (BODY.replace(RETURN, "    THING\n" + RETURN), "THING = object()\n", "name the function"),
    "a module of ours under another name": (
        BODY.replace(RETURN, "    other = kernels\n    other.top()\n" + RETURN), "from laboratory import kernels\n", "directly",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OPAQUE)
def test_an_opaque_construct_is_refused_with_a_remedy(written: Written, what: str) -> None:
    body, above, remedy = OPAQUE[what]
    asset = written(body, above=above, kernels="def top():\n    return 1\n")
    with pytest.raises(DeclarationError, match=remedy) as caught:
        logic_fingerprint(asset)
    assert re.match(r"insights/totals: |laboratory_\d+/asset\.py:\d+: ", str(caught.value))


CLOSING = """
def made(limit):
    def inner(frame):
        return frame.head({body})
    return inner

keep = made({given})

"""


def test_a_closure_over_a_mutable_is_refused(written: Written) -> None:
    asset = written(BODY.replace(".group_by", ".pipe(keep).group_by"), above=CLOSING.format(body="limit[0]", given="[5]"))
    with pytest.raises(DeclarationError, match="write a tuple"):
        logic_fingerprint(asset)


def test_a_closure_over_a_constant_is_followed(written: Written) -> None:
    body = BODY.replace(".group_by", ".pipe(keep).group_by")
    five, six = (logic_fingerprint(written(body, above=CLOSING.format(body="limit", given=given))) for given in ("5", "6"))
    assert five != six


def test_an_opaque_helper_is_refused_too(written: Written) -> None:
    above = "def top(frame):\n    return eval('frame')\n\n"
    with pytest.raises(DeclarationError, match=r"asset\.py:6: eval\(\)"):
        logic_fingerprint(written(BODY.replace(".group_by", ".pipe(top).group_by"), above=above))
