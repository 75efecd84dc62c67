"""A card for any insight: a new one is shown by what it declares, without a line written for it here."""

from __future__ import annotations

from typing import Any

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, Fact, Ranked, Table
from wrapped_assets.stories.data import Row, Tellable
from wrapped_assets.stories.figures.strokes import month_bars
from wrapped_assets.stories.headlines import headline, value_text
from wrapped_assets.stories.palettes import chapter_of


def _shown(rows: list[Row], own_names: tuple[str, ...]) -> list[str]:
    """The columns worth reading: no ids, ranks or lists of ids, nor whose year it is; names first."""
    columns = [column for column in rows[0] if not column.endswith(("_id", "_ids", "_code", "_mbid", "_mbids", "_rank"))]
    columns = [column for column in columns if column not in own_names and any(row.get(column) is not None for row in rows)]
    return sorted(columns, key=lambda column: not column.endswith("_name"))


def generic(insight: str, data: Tellable) -> Card | None:
    """The insight's headline over bars by month, facts of a single row, or a ranking; none without rows."""
    told, say = data.language, data.language.say
    rows = [row for row in data.rows(insight) if row]
    if not rows or not (columns := _shown(rows, data.own_names)):
        return None
    telling = data.tellings.get(insight)
    chapter = chapter_of(telling.chapter if telling else "")
    cells = tuple(tuple(value_text(column, row.get(column), data) for column in columns) for row in rows)
    table = Table(say(phrases.words(insight)), tuple(say(phrases.words(column)) for column in columns), cells[:60])
    numeric = [column for column in columns if any(phrases.number(row.get(column)) for row in rows)]
    extra: dict[str, Any] = {"table": table}
    if len(rows) == 1:
        told = {part.text for part in headline(insight, data)}
        facts = tuple(
            Fact(phrases.shortened(text, 80), say(phrases.words(column)).lower(), column.endswith("_name"))
            for column, text in zip(columns, cells[0], strict=True)
            if text != "–" and text not in told
        )
        extra = {"facts": facts[:6]}
    elif numeric and "month" in columns and len({row.get("month") for row in rows}) == len(rows):
        bars = [(str(row["month"]), phrases.number(row.get(numeric[0])) or 0) for row in rows[:12]]
        extra["figure"] = month_bars(bars, say(phrases.words(numeric[0])), told)
    else:
        by = numeric[0] if numeric else ""
        most = max((phrases.number(row.get(by)) or 0 for row in rows), default=0) or 1
        named = [column for column in columns if column != by][:2]
        extra["ranked"] = tuple(
            Ranked(
                place,
                value_text(named[0], row.get(named[0]), data) if named else say(phrases.words(insight)),
                value_text(named[1], row.get(named[1]), data) if len(named) > 1 else "",
                value_text(by, row.get(by), data) if by else "",
                max(0.0, min(1.0, (phrases.number(row.get(by)) or 0) / most)),
            )
            for place, row in enumerate(rows[:7], 1)
        )
    return Card(insight, chapter, say(phrases.words(insight)), headline(insight, data), **extra)
