"""One picture to share, 1080 × 1920: a self-contained SVG, and its PNG drawn by an installed Chromium.

Names in other scripts than the bundled faces' are drawn in one of the machine's faces that OTHER_SCRIPTS lists. A PNG draws what none
of those has in the bundled last resort, so that it shows a name in any script on any machine, and never a box.
"""

from __future__ import annotations

from markupsafe import escape

from wrapped_assets.faces.embedding import LAST_RESORT, with_faces
from wrapped_assets.stories import counting, phrases
from wrapped_assets.stories.browsing import opened
from wrapped_assets.stories.cards.habits import minutes_by_day
from wrapped_assets.stories.columns import columns_of
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.figures.record import record_body
from wrapped_assets.stories.figures.svg import fixed
from wrapped_assets.stories.palettes import CHAPTERS
from wrapped_assets.stories.png import without_metadata

WIDTH, HEIGHT = 1080, 1920
OTHER_SCRIPTS = (  # faces of macOS, Windows, and Debian's fonts-noto-core, fonts-noto-cjk, fonts-noto-color-emoji and others
    "Hiragino Sans", "Yu Gothic", "PingFang SC", "Microsoft YaHei", "Apple SD Gothic Neo", "Malgun Gothic",
    "Noto Sans CJK JP", "Noto Sans JP", "Noto Sans KR", "Noto Sans SC", "Droid Sans Fallback", "WenQuanYi Zen Hei",
    *(f"Noto Sans {script}" for script in (
        "Arabic", "Hebrew", "Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Oriya", "Sinhala", "Tamil", "Telugu",
        "Thai", "Lao", "Khmer", "Myanmar", "Tibetan", "Armenian", "Georgian", "Ethiopic", "Mongolian", "Symbols", "Symbols2", "Math",
    )),
    "Segoe UI", "Nirmala UI", "Leelawadee UI", "Ebrima", "Myanmar Text", "Geeza Pro", "Arial Hebrew", "Kohinoor Devanagari", "Thonburi",
    "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", "Segoe UI Symbol", "DejaVu Sans", "FreeSans", "Arial Unicode MS",
)  # fmt: skip
_BEHIND = ",".join(f"'{each}'" for each in (*OTHER_SCRIPTS, LAST_RESORT)) + ",sans-serif"
DISPLAY, TEXT = f"'Wrapped Display',{_BEHIND}", f"'Wrapped Text',{_BEHIND}"


def _fitting(text: str, columns: int) -> str:
    while columns_of(text) > columns:
        text = text[:-2].rstrip() + "…"
    return text


def _line(x: float, y: float, size: int, text: str, colour: str, extra: str = "") -> str:
    return f'<text x="{fixed(x)}" y="{fixed(y)}" font-size="{size}" fill="{colour}" {extra}>{escape(text)}</text>'


def _ranking(x: int, title: str, names: list[str], spot: str, ink: str) -> str:
    clip = f"clip{x}"
    lines = f'<clipPath id="{clip}"><rect x="{x}" y="1290" width="410" height="500"/></clipPath>'
    lines += _line(x, 1330, 34, title, spot)
    for place, name in enumerate(names, 1):
        y = 1330 + 76 * place
        lines += _line(x, y, 46, str(place), spot) + _line(x + 44, y, 42, _fitting(name, 19), ink, f'clip-path="url(#{clip})"')
    return lines


def _title(title: str, spot: str) -> list[str]:
    """The year as large as it fits; a title of words smaller, on the margin."""
    if title.isdigit():
        return [_line(78, 415, 325, title, spot, 'letter-spacing="-9"')]
    return [_line(90, 415, min(325, 1700 // columns_of(title)), title, spot)]


def _names(data: StoryData, insight: str, column: str) -> list[str]:
    return [phrases.name(row[column]) for row in data.rows(insight) if row.get(column)][:5]


def story_svg_card(data: StoryData, faces_in: str = "") -> str:
    """The picture: the year as a record, the minutes, five songs and five artists, and how it was counted.

    Its faces are embedded, or named in the folder `faces_in`; then it is one to open in a browser, and fits its window.
    """
    fits = "<style>:root{max-width:100vw;max-height:100vh}" if faces_in else "<style>"
    return with_faces(_picture(data).replace("<style>", fits, 1), folder=faces_in)


def _picture(data: StoryData) -> str:
    paper, ink, muted, spot = (getattr(CHAPTERS["overview"][0], field) for field in ("paper", "ink", "muted", "spot"))
    days = minutes_by_day(data) or minutes_by_day(data, "listen_count")
    told, say = data.language, data.language.say
    minutes = phrases.number(data.first("listening_totals").get("minutes"))
    if minutes or not data.counted.listens:
        of_music = say("{minutes:minutes} of music", minutes=minutes) if minutes else say("A quiet year")
    else:
        of_music = say("{listens:listens}, lengths unknown", listens=data.counted.listens)
    style = (
        f"text{{font-family:{DISPLAY};font-weight:700}}.small,.rim,.label-small{{font-family:{TEXT};"
        f"font-weight:400}}.vinyl{{fill:{ink}}}.groove{{fill:none;stroke:{paper};stroke-opacity:.16}}"
        f".spokes{{stroke:{paper};stroke-width:1.7;stroke-linecap:round}}.label{{fill:{spot}}}.hole,.label-year,.label-small{{fill:{paper}}}"
        f".label-year{{font-size:34px}}.label-small{{font-size:12px}}.rim{{font-size:9.5px;fill:{muted}}}"
    )
    name = _fitting(phrases.name(data.listener, say("Somebody")), 30)
    songs, artists = _names(data, "top_recordings", "recording_name"), _names(data, "top_artists", "artist_name")
    parts = [
        _line(90, 155, 72, name, ink),
        *_title(data.title, spot),
        f'<g transform="translate(180 450) scale(1.8)">{record_body(days, *data.window, data.year, told)}</g>',
        _line(90, 1240, 64, _fitting(of_music, 34), ink),
        _ranking(90, say("Songs").upper(), songs, spot, ink) if songs else "",
        _ranking(580, say("Artists").upper(), artists, spot, ink) if artists else "",
        _line(90, 1820, 26, _fitting(counting.small_print(data), 90), muted, 'class="small"'),
        _line(90, 1860, 26, say("Wrapped Assets · {listens:listens} counted", listens=data.counted.listens), muted, 'class="small"'),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'lang="{told.tag}" aria-label="{escape(say("{name} · {year} in music", name=name, year=data.title))}"><style>{style}</style>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{paper}"/><rect x="90" y="70" width="900" height="10" fill="{ink}"/>'
        f"{''.join(parts)}</svg>"
    )


def story_png_card(data: StoryData, browser: str | None = None) -> bytes:
    """The picture as PNG, and nothing beside it.

    Raises BrowserMissingError without Chromium, RuntimeError where it draws nothing within a minute."""
    drawn = with_faces(_picture(data), with_last_resort=True)
    page = f'<!doctype html><meta charset="utf-8"><body style="margin:0">{drawn}</body>'
    with opened(page, browser) as run:
        picture = run.folder / "card.png"
        run(f"--window-size={WIDTH},{HEIGHT}", "--force-device-scale-factor=1", f"--screenshot={picture}")
        if not picture.is_file():
            raise RuntimeError(f"{run.browser} wrote no picture; open the page of --format html instead")
        return without_metadata(picture.read_bytes())
