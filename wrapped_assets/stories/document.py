"""The story as the JSON document of `wrapped story --format json`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.headlines import headline, plain


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        instant = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
        return instant.isoformat(timespec="milliseconds" if instant.microsecond else "seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return [_plain_value(item) for item in value] if isinstance(value, (list, tuple)) else value


def story_json(data: StoryData) -> dict[str, Any]:
    """The story's document: each insight with its headline, its rows, and counts in and out by reason."""
    return {
        "listener": data.listener,
        "year": data.year,
        "edition": data.edition,
        **({"span": data.span, "months": {"from": str(data.months.first), "until": str(data.months.last)}} if data.months else {}),
        "rules": data.rules,
        "window": {"from": data.window[0].isoformat(), "until": data.window[1].isoformat()},
        "time_zone": data.time_zone,
        "locale": data.locale,
        "insights": {
            name: {
                "headline": plain(headline(name, data)),
                "rows": [{column: _plain_value(value) for column, value in row.items()} for row in data.rows(name)],
                "counted": {"listens": data.counted.listens, "excluded": dict(data.counted.excluded)},
            }
            for name in data.insights
            if data.rows(name)
        },
        **({"before": {"title": data.title_before, **data.before}} if data.before else {}),
    }
