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
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from wrapped_assets.building.situate import Project
from wrapped_assets.faces.embedding import CONTENT_POLICY
from wrapped_assets.serving.rendered.answering import RenderedPages
from wrapped_assets.serving.shield import THIS_MACHINE, Shield
from wrapped_assets.serving.telling import story_data
from wrapped_assets.storage import publications, registry
from wrapped_assets.storage.generations import Generation, generation
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.shares import TOKEN_BYTES, owner_of
from wrapped_assets.stories.countdown import countdown_html
from wrapped_assets.stories.language import accepted, spoken
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.scripts import COUNTDOWN, STORY, policy_of

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
    project: Project, key: bytes | None = None, hosts: Collection[str] = (), *, rehearses: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Starlette:
    """The web application: shared pages; with a key, everybody's page too, at the addresses that `links` gives for it.

    With a key it answers to this machine's names alone, and to `hosts`. Until the instant that an edition has for its launch, every
    address of that year answers with the countdown, whatever is published, unless the server `rehearses`.
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

    def countdown(request: Request, years: Collection[int]) -> Response | None:
        """The countdown to the next launch of one of the years; None where each is over, or the server rehearses."""
        now, locale = clock(), language(request)
        launches = [(edition.launch_at, year) for year, edition in registry.editions(project.root, years).items() if edition.launch_at]
        coming = min((each for each in launches if now < each[0]), default=None)
        if coming is None or rehearses:
            return None
        return HTMLResponse(countdown_html(coming[1], coming[0], now, locale), headers=_headers_of(COUNTDOWN, locale))

    def nothing_here() -> Response:
        return PlainTextResponse("There is no story at this address.\n", status_code=404, headers=_HEADERS)

    def front(request: Request) -> Response:
        year = clock().year
        found = countdown(request, [year - 1, year, year + 1])
        return found or PlainTextResponse("Stories have addresses of their own.\n", status_code=404, headers=_HEADERS)

    def story(request: Request) -> Response:
        year, token, told_of = int(request.path_params["year"]), request.path_params["token"], people_now()
        if not MINYEAR <= year <= MAXYEAR:
            return nothing_here()
        if early := countdown(request, [year]):
            return early
        live = publications.live(project.root).get(year)
        person = _whose(project, year, token, key) if live else None
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

    pages = Starlette(routes=[Route("/", front), Route("/{year:int}/{token}", story), Route("/healthz", healthy)])
    pages.add_middleware(RenderedPages, root=project.root, headers=_HEADERS, clock=clock, rehearses=rehearses)
    pages.add_middleware(Shield, headers=_HEADERS, hosts=None if key is None else {*THIS_MACHINE, *hosts})
    return pages
