"""Published story pages: an address is a key, and readers see the published edition alone."""

from __future__ import annotations

import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

import pytest
import uvicorn

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.serving.pages import application, links
from wrapped_assets.storage import publications, registry
from wrapped_assets.storage.root import Root


class Page(NamedTuple):
    status: int
    text: str
    headers: dict[str, str]


@contextmanager
def served(project: Project) -> Iterator[Callable[..., Page]]:
    """The application on a real port of this machine."""
    server = uvicorn.Server(uvicorn.Config(application(project), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]

    def get(path: str, headers: dict[str, str] | None = None) -> Page:
        try:
            with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})) as answer:
                return Page(answer.status, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            return Page(error.code, "", dict(error.headers))

    yield get
    server.should_exit = True
    thread.join(5)


def test_a_page_is_served_at_its_link_and_nowhere_else(small: Root) -> None:
    project = Project(small)
    publish_edition(project, 2025)
    found = {link.listener: link for link in links(project)}
    assert set(found) == {"ana", "bo", "cy"}
    with served(project) as get:
        page = get(found["ana"].path)
        wrong = ("/", "/2025/ana", f"/2024/{found['ana'].path.rsplit('/', 1)[1]}", found["ana"].path[:-1], "/2025/" + "x" * 24)
        assert [get(path).status for path in wrong] == [404] * len(wrong)
    assert page.status == 200
    assert "ana" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_a_page_is_told_in_the_readers_language_unless_the_address_asks_for_another(small: Root) -> None:
    project = Project(small)
    publish_edition(project, 2025)
    path = links(project)[0].path
    with served(project) as get:
        english, german = get(path), get(path, {"Accept-Language": "de-AT, en;q=0.5"})
        japanese, unknown = get(path + "?lang=ja", {"Accept-Language": "de"}), get(path + "?lang=tlh")
    assert [page.text.partition('<html lang="')[2][:2] for page in (english, german, japanese, unknown)] == ["en", "de", "ja", "en"]
    assert german.headers["content-language"] == "de"
    assert german.headers["vary"] == "Accept-Language"


def test_a_link_holds_neither_the_name_nor_the_id(small: Root) -> None:
    project = Project(small)
    publish_edition(project, 2025)
    for link in links(project):
        assert link.listener not in link.path.split("/")
        assert str(small.surrogate(link.listener)) not in link.path
        assert re.fullmatch(r"/2025/[\w-]{24}", link.path)


def test_readers_see_the_published_edition_until_the_next_one_and_again_after_a_rollback(small: Root) -> None:
    publish_edition(Project(small), 2025)
    path = next(link.path for link in links(Project(small)) if link.listener == "ana")

    def page() -> str:
        with served(Project(small)) as get:  # a new server each time: nothing is remembered
            return get(path).text

    before = page()
    assert re.search(r"31\s+December\s+2025", before)
    registry.set_edition(small, 2025, window_end=date(2025, 2, 28))
    with pytest.raises(InputError, match="stale"):
        publish_edition(Project(small), 2025)
    build(Project(small))
    assert page() == before
    publish_edition(Project(small), 2025)
    assert re.search(r"28\s+February\s+2025", page())
    publications.rollback(small, 2025)
    assert page() == before
    with pytest.raises(InputError, match="no earlier"):
        publications.rollback(small, 2025)
