"""`/me` shows one's own story by the word of a login's proxy, and believes nobody else."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.serving.login import Login
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.storage import registry, restrictions
from wrapped_assets.storage.addresses import close_address
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.serving.served import served
from wrapped_assets_tests.small_roots import copied, prepared

HERE = Login.of("X-Remote-User", ["127.0.0.1"])
ANA, BO = {"X-Remote-User": "ana"}, {"X-Remote-User": "bo"}


@pytest.fixture(scope="module")
def _prepared(_published_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(_published_small, tmp_path_factory.mktemp("both") / "root", lambda root: publish_edition(Project(root), 2024))


@pytest.fixture
def project(_prepared: Path, tmp_path: Path) -> Iterator[Project]:
    for root in copied(_prepared, tmp_path / "small"):
        yield Project(root)


def test_each_sees_their_own_story_told_anew_or_rendered(project: Project) -> None:
    with served(project, key=None, login=HERE) as get:
        for _ in range(2):
            mine, theirs = get("/me", ANA), get("/me/2025", BO)
            assert "<bdi>ana</bdi>" in mine.text
            assert "<bdi>bo</bdi>" in theirs.text
            assert "<bdi>ana</bdi>" not in theirs.text
            assert mine.headers["cache-control"] == "private, no-store"
            render(project, 2025)
        assert "etag" in get("/me/2025", ANA).headers, "sent from its file"
        close_address(project.root, registry.find_listener(project.root, "ana"), 2025)
        assert "<bdi>ana</bdi>" in get("/me/2025", ANA).text, "a closed address is no word against oneself"


@pytest.mark.parametrize("login", [None, Login.of("X-Remote-User", ["192.0.2.7"]), Login.of("X-Other", ["127.0.0.1"])])
def test_the_header_is_nobodys_word_unless_it_is_configured_and_comes_from_the_proxy(project: Project, login: Login | None) -> None:
    with served(project, key=None, login=login) as get:
        for headers in (ANA, ANA | {"X-Forwarded-For": "192.0.2.7"}, {}):
            assert get("/me", headers).status in (401, 404)
            assert get("/me/2025", headers).status in (401, 404)


@pytest.mark.parametrize("name", ["", " ", "nobody", "ANA", "ana,bo", "%", "%ff"])
def test_a_name_that_is_nobodys_opens_nothing(project: Project, name: str) -> None:
    with served(project, key=None, login=HERE) as get:
        assert get("/me/2025", {"X-Remote-User": name}).status == 401


def test_a_header_that_the_proxy_did_not_replace_is_not_believed(project: Project) -> None:
    with served(project, key=None, login=HERE) as get:
        host = get.address.removeprefix("http://")
        connection = http.client.HTTPConnection(host)
        connection.putrequest("GET", "/me/2025")
        connection.putheader("X-Remote-User", "bo")
        connection.putheader("X-Remote-User", "ana")
        connection.endheaders()
        assert connection.getresponse().status == 401
        connection.close()


def test_before_the_launch_and_under_a_restriction_there_is_no_story(project: Project) -> None:
    with served(project, key=None, login=HERE) as get:
        registry.set_edition(project.root, 2025, launch_at=datetime.now(UTC) + timedelta(days=1))
        assert "It opens on" in get("/me/2025", ANA).text
        assert "2024" in get("/me", ANA).text
        registry.set_edition(project.root, 2025, launch_at=datetime.now(UTC) - timedelta(days=1))
        restrictions.restrict(project.root, registry.find_listener(project.root, "ana").listener_id, "disputed")
        withheld = get("/me/2025", ANA)
        assert withheld.status == 403


def test_names_beyond_ascii_are_read_as_proxies_send_them(project: Project) -> None:
    login = Login.of("X-Remote-User", ["127.0.0.0/8", "::1"])
    scope = {"type": "http", "client": ("127.0.0.9", 1), "headers": [(b"x-remote-user", "Tove Ødegård".encode())]}
    assert login.name(scope) == "Tove Ødegård"
    assert login.name({**scope, "headers": [(b"x-remote-user", b"Tove%20%C3%98deg%C3%A5rd")]}) == "Tove Ødegård"
    assert login.name({**scope, "client": ("::ffff:127.0.0.9", 1)}) == "Tove Ødegård"
    assert login.name({**scope, "client": ("10.0.0.1", 1)}) is None
    assert login.name({**scope, "client": None}) is None
    assert login.name({**scope, "headers": [(b"x-remote-user", b"\xff")]}) is None


@pytest.mark.parametrize(
    ("header", "proxies"),
    [("X Remote", ["::1"]), ("Cookie", ["::1"]), ("X-User", []), *(("X-User", [each]) for each in ("proxy", "0.0.0.0/0", "::/0"))],
)  # fmt: skip
def test_a_login_that_would_believe_anybody_is_refused(header: str, proxies: list[str]) -> None:
    with pytest.raises(InputError, match=r"expected|needs|trusts"):
        Login.of(header, proxies)


def test_the_command_refuses_half_a_login(small: Root) -> None:
    assert "needs --trusted-proxy" in run(small.path, "serve", "--login-header", "X-Remote-User", code=2).stderr
    assert "is for --login-header" in run(small.path, "serve", "--trusted-proxy", "127.0.0.1", code=2).stderr
