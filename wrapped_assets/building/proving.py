"""Runs the worked examples of assets that are new or changed, before a build stores what they compute."""

from __future__ import annotations

from collections.abc import Iterable

from wrapped_assets.building.failures import described, failure
from wrapped_assets.building.worked_examples import differences
from wrapped_assets.contracts.asset import Declaration
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.graph import Graph

_SHOWN = 3  # rows of an example in a message


def failing_examples(graph: Graph, keys: Iterable[str]) -> dict[str, str]:
    """Asset → what is wrong with its example, of those of these assets whose example does not hold."""
    found = {key: broken_example(graph.by_key[key], graph) for key in keys}
    return {key: message for key, message in found.items() if message}


def broken_example(asset: Declaration, graph: Graph) -> str:
    """What the first example that does not hold expects and what comes instead; empty where all hold."""
    for number, example in enumerate(asset.examples, 1):
        try:
            missing, unexpected = differences(asset, example, graph)
        except DeclarationError as error:
            return str(failure(asset, f"the example cannot run: {error}", "examples"))
        except Exception as error:  # noqa: BLE001 (an analyst's function may raise anything)
            return described(error, asset)
        if missing or unexpected:
            which = f"example {number} of {len(asset.examples)}" if len(asset.examples) > 1 else "the example"
            lacks = f"expects {_rows(missing)}, which did not come" if missing else "expects no more rows"
            came = f"{_rows(unexpected)} came instead" if unexpected else "no other row came"
            message = f"{which} {lacks}; {came}: correct the function, or what the example expects"
            return str(failure(asset, message, "examples", "expect"))
    return ""


def _rows(rows: list) -> str:
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return ", ".join(str(dict(row)) for row in rows[:_SHOWN]) + more
