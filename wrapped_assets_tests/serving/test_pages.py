"""Published story pages: an address is a key, and readers see the published edition alone."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import click
import polars as pl
import pytest
import uvicorn

from wrapped_assets.building.build import build
from wrapped_assets.building.importing import import_paths
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.cli import main
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.rights.erasing import erase
from wrapped_assets.serving.pages import is_this_machine, links
from wrapped_assets.storage import consents, publications, registry, shares
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.serving.served import KEY, served


def test_a_page_is_served_at_its_link_and_nowhere_else(small: Root) -> None:
    project = Project(small)
    publish_edition(project, 2025)
    found = {link.listener: link for link in links(project, KEY)}
    assert set(found) == {"ana", "bo", "cy"}
    with served(project) as get:
        page = get(found["ana"].path)
        no_years = [f"/{year}/{found['ana'].path.rsplit('/', 1)[1]}" for year in ("0", "10000", "9" * 30)]
        path = found["ana"].path
        wrong = (*no_years, "/rehearsal/x", "/2025/ana", f"/2024/{path.rsplit('/', 1)[1]}", path[:-1], "/2025/" + "x" * 24)
        missing = get(wrong[0])
        assert [get(path).status for path in wrong] == [404] * len(wrong)
    assert page.status == 200
    assert "ana" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    (script,) = re.findall(r"(?s)<script>(.*?)</script>", page.text)
    allowed = f"script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert allowed in page.headers["content-security-policy"]
    assert "script-src" not in missing.headers["content-security-policy"]


def test_a_page_is_told_in_the_readers_language_unless_the_address_asks_for_another(small: Root) -> None:
    project = Project(small)
    publish_edition(project, 2025)
    path = links(project, KEY)[0].path
    with served(project) as get:
        english, german = get(path), get(path, {"Accept-Language": "de-AT, en;q=0.5"})
        japanese, unknown = get(path + "?lang=ja", {"Accept-Language": "de"}), get(path + "?lang=tlh")
    assert [page.text.partition('<html lang="')[2][:2] for page in (english, german, japanese, unknown)] == ["en", "de", "ja", "en"]
    assert german.headers["content-language"] == "de"
    assert german.headers["vary"] == "Accept-Language"


def test_a_link_holds_neither_the_name_nor_the_id(small: Root) -> None:
    project = Project(small)
    publish_edition(project, 2025)
    for link in links(project, KEY):
        assert link.listener not in link.path.split("/")
        assert str(small.surrogate(link.listener)) not in link.path
        assert re.fullmatch(r"/2025/[\w-]{24}", link.path)


def test_readers_see_the_published_edition_until_the_next_one_and_again_after_a_rollback(small: Root) -> None:
    publish_edition(Project(small), 2025)
    path = next(link.path for link in links(Project(small), KEY) if link.listener == "ana")

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


def test_a_shared_page_is_read_by_its_token_until_it_is_revoked(small: Root) -> None:
    project = Project(small)
    publish_edition(project, 2025)
    ana = registry.find_listener(small, "ana")
    one, two = (shares.share(small, ana, 2025) for _ in range(2))
    own = next(link.path for link in links(project, KEY) if link.listener == "ana")
    with served(project, key=None) as get:
        assert [get(f"/2025/{token}").status for token in (one, two)] == [200, 200]
        assert get(own).status == get(f"/2024/{one}").status == get(f"/2025/{one}x").status == 404
        assert shares.revoke(small, ana, 2025) == 2
        assert [get(f"/2025/{token}").status for token in (one, two)] == [404, 404]  # a page that was read before is not remembered
    assert one != two


def test_the_registry_does_not_know_the_tokens_that_it_gave(small: Root) -> None:
    token = shares.share(small, registry.find_listener(small, "ana"), 2025)
    with small.engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    assert not [path for path in small.path.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]


def test_a_share_ends_with_its_listener(small: Root) -> None:
    project, ana = Project(small), registry.find_listener(small, "ana")
    token = shares.share(small, ana, 2025)
    assert shares.owner_of(small, 2025, token) == ana
    erase(project, ana)
    assert shares.owner_of(small, 2025, token) is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.0.0.53", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False), ("192.0.2.1", False),
     ("example.org", False), ("", False)],
)  # fmt: skip
def test_only_a_loopback_address_is_this_machine(host: str, expected: bool) -> None:
    assert is_this_machine(host) is expected


@pytest.mark.parametrize(("host", "listed"), [("127.0.0.1", 3), ("0.0.0.0", 0)])
def test_names_are_listed_only_where_no_one_else_is_served(
    small: Root, monkeypatch: pytest.MonkeyPatch, host: str, listed: int
) -> None:  # fmt: skip
    publish_edition(Project(small), 2025)
    started: list[tuple[object, ...]] = []

    def start(server: uvicorn.Server) -> None:
        found = server.config
        started.append((found.host, found.port, found.log_level, found.access_log, found.proxy_headers))
        server.started = True

    monkeypatch.setattr(uvicorn.Server, "run", start)
    if not listed:
        assert "wrapped privacy controller --name" in run(small.path, "serve", "--host", host, code=2).stderr
        run(small.path, "privacy", "controller", "--name", "Radio Example", "--contact", "privacy@radio.example")
    printed = run(small.path, "serve", "--host", host).stdout
    assert printed.count("http://") == listed
    assert any(name in printed.split() for name in ("ana", "bo", "cy")) == bool(listed)
    assert started == [(host, 8000, "error", False, False)]


@pytest.mark.parametrize("command", ["serve", "ui"])
def test_servers_without_a_login_stay_on_this_machine_unless_told(command: str) -> None:
    found = main.get_command(click.Context(main), command)
    assert found
    assert next(option.default for option in found.params if option.name == "host") == "127.0.0.1"


def test_share_prints_an_address_once_and_closes_them_all(small: Root) -> None:
    run(small.path, "share", "ana", "--year", "2025", code=2)  # nothing is published
    publish_edition(Project(small), 2025)
    assert re.fullmatch(r"/2025/[\w-]{24}\n", run(small.path, "share", "ana", "--year", "2025").stdout)
    assert document(small.path, "share", "ana", "--year", "2025", "--revoke") == {"year": 2025, "revoked": 1}


def test_a_served_name_is_gone_with_the_word_that_takes_it_back_with_its_end_and_with_an_erasure(small: Root) -> None:
    """The server runs on, and has every page in its cache: what it kept must not outlive what people said."""
    rows = [
        {"listener": name, "listened_at": datetime(2025, 3, 1, tzinfo=UTC) + timedelta(hours=7 * n), "ms_played": 200_000,
         "recording_name": f"song {n % 40}", "artist_name": f"artist {n % 20}"}
        for name in ("bo", "cy", "xenophon")
        for n in range(400)
    ]  # fmt: skip
    pl.DataFrame(rows).write_parquet(small.path.parent / "alike.parquet")
    import_paths(small, [small.path.parent / "alike.parquet"], None)
    people = {name: registry.find_listener(small, name) for name in ("bo", "cy", "xenophon")}

    def say(state: str, **about: object) -> None:
        consents.record(small, people["xenophon"], "be_found", state, method="letter", **about)

    for name in ("bo", "cy"):
        consents.record(small, people[name], "be_found", "given", method="letter")
    say("given")
    build(Project(small))
    project = Project(small)
    publish_edition(project, 2025)
    others = [link.path for link in links(project, KEY) if link.listener in ("bo", "cy")]
    with served(project) as get:

        def named() -> int:
            return sum("xenophon" in get(path).text for path in others)

        assert named() == named() == 2
        say("withdrawn")
        assert named() == 0
        say("given", valid_until=datetime.now(UTC) + timedelta(seconds=3))
        assert named() == 2
        time.sleep(3.1)
        assert named() == 0
        say("given")
        assert named() == 2
        erase(Project(small), people["xenophon"])
        assert named() == 0


def test_every_answer_has_the_headers_and_no_other_host_is_answered_to(small: Root) -> None:
    """A site that gives its own name this machine's address must read nothing, be it a page, an error or the state of health."""
    project = Project(small)
    publish_edition(project, 2025)
    page = links(project, KEY)[0].path
    with served(project) as get:
        for path, status in ((page, 200), ("/healthz", 200), ("/nothing", 404), ("/2025/none", 404)):
            answer = get(path)
            assert answer.status == status
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""):
                refused = get(path, {"Host": host})
                assert refused.status == 421
                assert refused.text == "This server does not answer to that host. Its operator can allow a host with --allow-host.\n"
                assert "default-src 'none'" in refused.headers["content-security-policy"]
        assert get(page, {"Host": "localhost:8000"}).status == get(page, {"Host": "[::1]:8000"}).status == 200
