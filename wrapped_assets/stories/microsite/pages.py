"""The pages of the microsite as HTML: no script, no request but for their own typefaces, links that work below any folder."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from wrapped_assets.faces.embedding import BESIDE, CONTENT_POLICY, EMBEDDED, with_faces
from wrapped_assets.stories import palettes
from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets.stories.figures import svg
from wrapped_assets.stories.language import Language, language_of
from wrapped_assets.stories.microsite.data import Artist, Entry, Site, SiteYear
from wrapped_assets.stories.templates import template

TOP = 10  # songs on the front page
POLICY = CONTENT_POLICY.replace(EMBEDDED, BESIDE)


def front_html(site: Site, locale: str) -> str:
    """The newest year at the site's own address."""
    return _page(site, site.years[0], locale, "year", "index", "", f"{site.years[0].year}/")


def year_html(site: Site, of: SiteYear, locale: str) -> str:
    """What the year is, its first songs, how it was counted, other years and languages."""
    return _page(site, of, locale, "year", "index", "../", "")


def charts_html(site: Site, of: SiteYear, locale: str) -> str:
    """The whole chart of everybody, and one of each country."""
    return _page(site, of, locale, "charts", "charts", "../", "")


def counted_html(site: Site, of: SiteYear, locale: str) -> str:
    """The rules, and what keeps the charts from giving anybody away."""
    return _page(site, of, locale, "counted", "counted", "../", "")


def artists_html(site: Site, of: SiteYear, locale: str) -> str:
    """The artists that have a page."""
    return _page(site, of, locale, "artists", "artists", "../", "")


def artist_html(site: Site, of: SiteYear, artist: Artist, locale: str) -> str:
    """Where one artist's songs stand."""
    return _page(site, of, locale, "artist", artist.address, "../../", "../", artist)


def _page(
    site: Site, of: SiteYear, locale: str, kind: str, name: str, to_site: str, to_year: str, artist: Artist | None = None
) -> str:
    """`to_site` and `to_year` lead from the page to the site's folder and to the year's; `name` is the page's file without its language."""
    told = language_of(locale)
    page = template("microsite/site.html").render(
        policy=POLICY, lang=told.tag, direction=told.cldr.text_direction, say=told.say, told=told, chapters=palettes.stylesheet(),
        kind=kind, site=site, of=of, artist=artist, to_site=to_site, to_year=to_year, locale=locale, top=TOP, bars=_bars,
        languages=_languages(name), figure=_record(of.year), rules=_rules(of, told), privacy=_privacy(of, told),
        artists=list(of.artists.values()), charts=of.charts, country=told.country,
    )  # fmt: skip
    return with_faces(page, folder=f"{to_site}faces", with_bold_text=False)


def _languages(name: str) -> list[tuple[str, str, str]]:
    """Each language: its tag, its own name, and the file that has this page in it."""
    found = [(tag, language_of(tag).cldr) for tag in LANGUAGES]
    return [(tag, (cldr.languages[cldr.language] or tag).capitalize(), f"{name}.{tag}.html") for tag, cldr in found]


def _bars(entries: Sequence[Entry]) -> list[tuple[Entry, str]]:
    """Each entry, and its bar's share of the longest one; "0" where it has no number."""
    most = max((each.listeners or 0 for each in entries), default=0)
    return [(each, f"{(each.listeners or 0) / most:.3f}" if most else "0") for each in entries]


def _record(year: int) -> Markup:
    """A record with the year on its label: decoration, of nobody's listening."""
    rings = svg.discs([(200, 200, 78 + 6 * ring) for ring in range(18)], "groove")
    body = svg.circle(200, 200, 186, "vinyl") + rings + svg.circle(200, 200, 70, "label") + svg.circle(200, 200, 5, "hole")
    label = svg.text(200, 184, year, "label-year", "middle") + svg.text(200, 228, "33 1/3", "label-small", "middle")
    return Markup(f'<svg class="figure record" viewBox="0 0 400 400" aria-hidden="true">{body}{label}</svg>')  # noqa: S704 (numbers)


def _rules(of: SiteYear, told: Language) -> list[str]:
    """The counting rules, a sentence each."""
    say, rules = told.say, of.rules
    seconds = rules.minimum_ms_played // 1000
    return [
        say("Counted from {window}.", window=told.span(rules.window_start, rules.window_end)),
        say("A play counts from {seconds} seconds on.", seconds=told.count(seconds)) if seconds else say("Every play counts."),
        say("Days and hours are those of UTC.") if rules.clock == "utc" else say("Days and hours are those of each listener's own clock."),
        say("Podcasts and audiobooks are never counted as music."),
        say("Plays that two services recorded count once."),
    ]


def _privacy(of: SiteYear, told: Language) -> list[str]:
    """What keeps the charts from giving anybody away, a sentence each; nothing where there are no charts."""
    say = told.say
    if of.charts is None:
        return []
    return [
        say("Only listeners of {age} or more who were told and did not object are in the charts.", age=told.count(of.minimum_age)),
        say("The order and the numbers have a little chance in them: with or without you they would look much the same."),
        say("No number stands for fewer than {count:listeners}; numbers are rounded.", count=of.minimum),
    ]

