"""The table of the README: one row per kind of edit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

README = Path(__file__).parent / "README.md"
HEAD = (
    "| Edit | Edits | Sound | Cells recomputed (median, of all) | Changed ÷ recomputed | Without cause | Cut off (median) | "
    "Seconds ÷ full build: median, worst | CPU ÷ full build: median |\n|---|---|---|---|---|---|---|---|---|"
)


def table(records: Sequence[dict[str, Any]]) -> str:
    """Markdown: kinds in the order of what they cost, and all of them together."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        kinds.setdefault(record["kind"], []).append(record)
    ordered = sorted(kinds.items(), key=lambda item: (median(record["recomputed"] for record in item[1]), item[0]))
    return "\n".join([HEAD, *(_row(kind, found) for kind, found in ordered), _row("**all**", records)])


def _row(kind: str, records: Sequence[dict[str, Any]]) -> str:
    sound = sum(record["sound"] for record in records)
    recomputed, changed = (sum(record[name] for record in records) for name in ("recomputed", "changed"))
    seconds = [record["seconds"] / record["full_seconds"] for record in records]
    cpu = [record["cpu"] / record["full_cpu"] for record in records]
    cells = f"{median(record['recomputed'] for record in records):.0f} of {median(record['cells'] for record in records):.0f}"
    precision = f"{changed:,} ÷ {recomputed:,} = {changed / recomputed:.0%}" if recomputed else "nothing recomputed"
    causeless = sum(record["without_cause_count"] for record in records)
    return (
        f"| {kind} | {len(records)} | {sound / len(records):.0%} | {cells} | {precision} | {causeless} | "
        f"{median(record['cut_off'] for record in records):.0f} | {median(seconds):.1%}, {max(seconds):.1%} | {median(cpu):.1%} |"
    )


def write_between(name: str, text: str, path: Path = README) -> None:
    """Puts a text between the README's marks of that name."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(start)
    path.write_text(f"{before}{start}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")
