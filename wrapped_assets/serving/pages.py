"""Story pages over HTTP, read-only, from published editions; an address holds a random token, never a name or an id.

Whoever has the token of a page that its listener shared may read it. Besides, a server for this machine alone knows an address of
everybody's page, made with a key that ends with it.

A page is told in the language of `?lang=`, or else in the first one of Accept-Language that there is a catalogue for.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from hmac import compare_digest
from ipaddress import ip_address

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from wrapped_assets.building.situate import Project
from wrapped_assets.faces.embedding import CONTENT_POLICY
from wrapped_assets.serving.login import OWN, Login, OwnStory
from wrapped_assets.serving.microsite.answering import MicrositePages
from wrapped_assets.serving.moment import Moment, moment_of
from wrapped_assets.serving.rendered.answering import RenderedPages
from wrapped_assets.serving.shield import THIS_MACHINE, Shield
from wrapped_assets.serving.telling import story_data
from wrapped_assets.storage import publications, registry
from wrapped_assets.storage.generations import Generation, generation
from wrapped_assets.storage.launches import launches, site_url
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.shares import TOKEN_BYTES, owner_of
from wrapped_assets.stories.countdown import countdown_html
from wrapped_assets.stories.language import accepted, spoken
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.scripts import COUNTDOWN, STORY, policy_of

_COOKIE = "rehearsal"
_HEADERS = {
    "Content-Security-Policy": f"{CONTENT_POLICY}; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address is the key: it must not travel on
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "private, no-store",
}


def _headers_of(script: str, locale: str) -> dict[str, str]:
    """The headers of a page that runs this script and no other."""
    policy = f"{policy_of(script)}; frame-ancestors 'none'"
    return {**_HEADERS, "Content-Security-Policy": policy, "Content-Language": locale, "Vary": "Accept-Language"}


@lru_cache(64)
def _countdown(year: int, launch_at: datetime, now: datetime, locale: str, years: tuple[int, ...], url: str) -> str:
    """The page of one second; everybody who waits gets the same."""
    return countdown_html(year, launch_at, now, locale, years=years, url=url)


def _has_cookie(header: str, token: str) -> bool:
    """Whether a Cookie header has the token of the rehearsal."""
    pairs = (each.strip().partition("=") for each in header.split(";"))
    return any(name == _COOKIE and compare_digest(value.encode(), token.encode()) for name, _, value in pairs)


@dataclass(frozen=True)
class Link:
    """Where one listener's page of one edition is."""

    listener: str
    year: int
    path: str


def is_this_machine(host: str) -> bool:
    """Whether only programs of this machine reach the address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def links(project: Project, key: bytes) -> list[Link]:
    """An address of every listener's page in every published edition, by name and year, for a server with the same key."""
    people = sorted(registry.all_listeners(project.root), key=lambda person: person.name)
    years = publications.live(project.root)
    return [Link(person.name, year, f"/{year}/{_token(key, person, year)}") for person in people for year in years]


def _token(key: bytes, person: Listener, year: int) -> str:
    digest = blake2b(f"page|{person.listener_id}|{year}".encode(), key=key, digest_size=TOKEN_BYTES).digest()
    return urlsafe_b64encode(digest).decode()


def _whose(project: Project, year: int, token: str, key: bytes | None) -> Listener | None:
    """Whose page a token opens."""
    if key is not None:
        for person in registry.all_listeners(project.root):
            if compare_digest(_token(key, person, year).encode(), token.encode(errors="surrogatepass")):
                return person
    return owner_of(project.root, year, token)


def application(
    project: Project, key: bytes | None = None, hosts: Collection[str] = (), *, rehearsal: str | None = None,
    login: Login | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Starlette:
    """The web application: the microsite and shared pages; with a key, everybody's page too, at the addresses that `links` gives for it.

    With a key it answers to this machine's names alone, and to `hosts`. Until the instant that an edition has for its launch, every
    address of that year answers with the countdown, whatever is published; whoever opened `/rehearsal/TOKEN` with the token `rehearsal`
    sees the site as after the instant. With a `login`, `/me` shows the story of whoever it names.
    """

    @lru_cache(maxsize=256)
    def page(listener: Listener, year: int, number: int, locale: str, told_of: Generation) -> str:
        """One page in one language. A new publication is another `number`, and whoever changes their mind makes another `told_of`."""
        live = publications.live_edition(project.root, year)
        if live is None or live.number != number:
            raise KeyError(number)  # flipped meanwhile: nothing is kept, the next request finds the new one
        return story_html(replace(story_data(project, listener, year, live), locale=locale))

    newest: list[Generation] = []

    def people_now() -> Generation:
        """The generation as of this request. Pages of an earlier one are forgotten, for they may name who took that back."""
        found = generation(project.root)
        if newest != [found]:
            page.cache_clear()
            newest[:] = [found]
        return found

    def language(request: Request) -> str:
        return spoken([request.query_params.get("lang", ""), *accepted(request.headers.get("accept-language", ""))])

    def is_rehearsing(headers: Headers) -> bool:
        return rehearsal is not None and _has_cookie(headers.get("cookie", ""), rehearsal)

    def countdown(request: Request, year: int | None = None) -> Response | None:
        """The countdown to the launch of the year, or to the next one; None where it is over, or the reader rehearses."""
        now, locale = moment_of(request.scope), language(request)
        found = launches(project.root).items()
        coming = min(((at, of) for of, at in found if now < at and year in (None, of)), default=None)
        if coming is None or is_rehearsing(request.headers):
            return None
        launched = [of for of in sorted(publications.live(project.root), reverse=True) if now >= dict(found).get(of, now)]
        shown = launched if year is None else []
        text = _countdown(coming[1], coming[0], now.replace(microsecond=0), locale, tuple(shown), site_url(project.root))
        return HTMLResponse(text, headers=_headers_of(COUNTDOWN, locale))

    def rehearse(request: Request) -> Response:
        """Lets this browser see the site as after the instant, until the server ends."""
        given = request.path_params["token"]
        if rehearsal is None or not compare_digest(given.encode(errors="surrogatepass"), rehearsal.encode()):
            return nothing_here()
        answer = RedirectResponse("/", status_code=303, headers=_HEADERS)
        answer.set_cookie(_COOKIE, rehearsal, httponly=True, samesite="lax")
        return answer

    def nothing_here() -> Response:
        return PlainTextResponse("There is no story at this address.\n", status_code=404, headers=_HEADERS)

    def front(request: Request) -> Response:
        return countdown(request) or PlainTextResponse("Stories have addresses of their own.\n", status_code=404, headers=_HEADERS)

    def story(request: Request) -> Response:
        year, token, told_of = int(request.path_params["year"]), request.path_params["token"], people_now()
        if not MINYEAR <= year <= MAXYEAR:
            return nothing_here()
        if early := countdown(request, year):
            return early
        live = publications.live(project.root).get(year)
        person = request.scope.get(OWN) or _whose(project, year, token, key) if live else None
        if live is None or person is None:
            return nothing_here()
        try:
            locale = language(request)
            return HTMLResponse(page(person, year, live.number, locale, told_of), headers=_headers_of(STORY, locale))
        except KeyError:
            headers = {**_HEADERS, "Retry-After": "1"}
            return PlainTextResponse("This edition is being published. Try again.\n", status_code=503, headers=headers)

    def healthy(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    routes = [
        Route("/", front), Route("/{year:int}/{token:path}", story), Route("/rehearsal/{token}", rehearse), Route("/healthz", healthy)
    ]
    pages = Starlette(routes=routes)
    for middleware in (RenderedPages, MicrositePages):
        pages.add_middleware(middleware, root=project.root, headers=_HEADERS, rehearses=is_rehearsing)
    if login:
        pages.add_middleware(OwnStory, root=project.root, login=login)
    pages.add_middleware(Moment, clock=clock)
    pages.add_middleware(Shield, headers=_HEADERS, hosts=None if key is None else {*THIS_MACHINE, *hosts})
    return pages
