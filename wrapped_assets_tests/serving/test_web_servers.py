"""The configurations that the documentation gives for nginx and Caddy, carried out, where those are installed."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import brotli
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.excluding import target_of
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.serving.launch.load import free_port
from wrapped_assets.serving.login import Login
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.serving.rendered.uploading import upload
from wrapped_assets.storage import publications, registry
from wrapped_assets.storage.addresses import addresses
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.serving.releases import deliver_charts
from wrapped_assets_tests.serving.served import served

NGINX, CADDY = shutil.which("nginx"), shutil.which("caddy")
BROTLI = next(iter(Path("/usr/lib/nginx/modules").glob("ngx_http_brotli_static_module.so")), None)
DOCUMENT = Path(__file__).parents[2] / "docs" / "launch.md"
WHOLE = """{module} {user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}
http {{ types {{ text/html html; font/woff2 woff2; image/jpeg jpg; text/css css; application/javascript js; application/json json; }}
access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
{given} }}
"""


class Answer(NamedTuple):
    status: int
    content: bytes
    headers: dict[str, str]  # by names in lower case

    @property
    def text(self) -> str:
        packing = self.headers.get("content-encoding")
        return (brotli.decompress(self.content) if packing == "br" else self.content).decode(errors="replace")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)


def answer(address: str, path: str, **headers: str) -> Answer:
    """What is answered to exactly this path."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    connection.putrequest("GET", path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    found = connection.getresponse()
    return Answer(found.status, found.read(), {name.lower(): value for name, value in found.headers.items()})


@contextmanager
def running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[str]:
    server = subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(400):
            try:
                answer(address, "/robots.txt")
                break
            except OSError:
                time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def nginx(given: str, folder: Path) -> AbstractContextManager[str]:
    port = free_port()
    folder.mkdir()
    module = f"load_module {BROTLI};" if BROTLI else ""
    given = given if BROTLI else given.replace("brotli_static on;", "")
    given = given.replace("listen 80;", f"listen 127.0.0.1:{port};")
    (folder / "nginx.conf").write_text(WHOLE.format(folder=folder, user="" if os.geteuid() else "user root;", module=module, given=given))
    return running([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")], port, {})


def nginx_of_a_folder(site: Path, folder: Path) -> AbstractContextManager[str]:
    return nginx(blocks("nginx")[0].replace("/srv/site", str(site)), folder)


def caddy_of_a_folder(site: Path, folder: Path) -> AbstractContextManager[str]:
    port = free_port()
    folder.mkdir()
    (given,) = blocks("caddyfile")
    text = "{\n\tadmin off\n}\n" + given.replace("/srv/site", str(site)).replace("http://wrapped.example.org", f"http://127.0.0.1:{port}")
    (folder / "Caddyfile").write_text(text)
    command = [str(CADDY), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    return running(command, port, {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)})


def test_the_documented_blocks_name_what_an_upload_writes() -> None:
    for block in (blocks("nginx")[0], *blocks("caddyfile")):
        assert all(name in block for name in ("/srv/site", "/live/", ".html", "/faces/", "countdown.html", "no-store", "noindex"))


SERVERS = [
    pytest.param(nginx_of_a_folder, marks=pytest.mark.skipif(NGINX is None, reason="nginx is not installed"), id="nginx"),
    pytest.param(caddy_of_a_folder, marks=pytest.mark.skipif(CADDY is None, reason="Caddy is not installed"), id="caddy"),
]
# Ways to write the address of a file of publication 2, whose page is {}.
AROUND = (
    "/2025/2/{}", "//2025/2/{}", "/2025//2/{}", "/2025/2//{}", "/./2025/2/{}", "/2025/./2/{}", "/x/../2025/2/{}", "/faces/../2025/2/{}",
    "/2025/live/../2/{}", "/2025/x/../2/{}", "/2025/%32/{}", "/%32025/2/{}", "/2025%2f2/{}", "/2025/2%2f{}",
    "/2025%2f%2e%2e%2f2025/2/{}", "/2025/%2e/2/{}", "/%2e/2025/2/{}", "/2025\\2\\{}", "/2025/02/{}", "/2025/2/../2/{}", "/2025/live/{}",
    "//2025//live//{}", "/x/..//2025/2/{}",
)  # fmt: skip


@pytest.mark.parametrize("server", SERVERS)
def test_a_web_server_sends_the_countdown_until_the_flip_and_then_stories_and_the_site(
    small: Root, tmp_path: Path, server: Callable[[Path, Path], AbstractContextManager[str]]
) -> None:
    project, www = Project(small), tmp_path / "www"
    publish_edition(project, 2025)
    deliver_charts(small)
    render(project, 2025)
    registry.set_edition(small, 2025, launch_at=datetime.now(UTC) + timedelta(days=1))
    upload(project, 2025, str(www), flips=False)
    ana = registry.find_listener(small, "ana").listener_id
    token = addresses(small, 2025, [ana])[ana].token
    story, unknown = f"/2025/{token}", "/2025/" + "x" * 24
    own_files = [f"/2025/{of}/{token[:2]}/{token}.en.html{packing}" for of in ("1", "live") for packing in ("", ".br", ".gz")]
    with server(www, tmp_path / "server") as site:
        for path in (story, unknown, "/", *own_files):
            early = answer(site, path)
            is_closed = path in own_files and early.status == 404
            assert is_closed or (early.status == 200 and "It opens on" in early.text), f"{path} before the launch"
            assert "content-encoding" not in early.headers
        assert "<svg" not in answer(site, f"{story}/card.en.svg").text
        registry.set_edition(small, 2025, launch_at=datetime.now(UTC) - timedelta(seconds=1))
        upload(project, 2025, str(www))
        for taken, sent in (("br, gzip", "br"), ("gzip", "gzip"), ("", None)):
            page = answer(site, story, Accept_Encoding=taken)
            assert page.status == 200
            packing = page.headers.get("content-encoding")
            assert packing == sent or (taken == "" and packing == "gzip") or (sent == "br" and not BROTLI)
            assert page.headers["content-type"].replace("; charset=utf-8", "") == "text/html"
            assert "charset=utf-8" in page.headers["content-type"]
            assert (page.headers["referrer-policy"], page.headers["x-robots-tag"]) == ("no-referrer", "noindex")
            assert "no-store" in page.headers["cache-control"]
            if packing != "gzip":
                assert "<bdi>ana</bdi>" in page.text
        beside = sorted({*re.findall(r"\.\./faces/([\w.-]+)", answer(site, story, Accept_Encoding="br").text)})
        kinds = {answer(site, f"/faces/{name}").headers["content-type"].partition(";")[0] for name in beside}
        assert kinds <= {"font/woff2", "text/css", "text/javascript", "application/javascript"}
        assert "max-age=31" in answer(site, f"/faces/{beside[0]}").headers["cache-control"]
        for path in (unknown, *own_files, "/2025/1/", "/2025/1", "/2025/live/", "/faces/", "/2025/countdown.html", "/2024/"):
            closed = answer(site, path)
            assert closed.status in (403, 404), path
            assert "content-encoding" not in closed.headers
        files = {"card.en.svg": "image/svg+xml", "your_top_songs.xspf": "application/xspf+xml", "your_top_songs.csv": "text/csv"}
        for name, kind in files.items():
            found, plain = answer(site, f"{story}/{name}", Accept_Encoding="gzip"), answer(site, f"{story}/{name}")
            assert (found.status, found.headers["content-type"].partition(";")[0], found.headers["content-encoding"]) == (200, kind, "gzip")
            assert (found.headers["cache-control"], found.headers["x-content-type-options"]) == ("private, no-store", "nosniff")
            assert plain.headers.get("content-encoding") in (None, "gzip")
            stored = f"/2025/1/{token[:2]}/{token}/{name}.gz"
            for wrong in (f"{unknown}/{name}", f"{story}/{name}.gz", stored, f"{story}/", f"{story}/x.csv"):
                assert answer(site, wrong).status == 404, wrong
        encoded = f"/2025/%31/{token[:2]}/{token}.en.html.br"
        for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/2025/../../etc/passwd", encoded):
            assert answer(site, path).status in (400, 403, 404), path
        assert answer(site, "/2025").headers["location"].endswith("/2025/")
        front = answer(site, "/", Accept_Encoding="br")
        assert "The songs of the year" in front.text
        assert "max-age=60" in front.headers["cache-control"]
        assert "Eple" in answer(site, "/2025/charts.de.html").text
        assert answer(site, story, Range="bytes=0-9", Accept_Encoding="br").status in (200, 206)


@pytest.mark.parametrize("server", SERVERS)
def test_behind_a_web_server_no_address_shows_an_edition_that_was_taken_back_or_a_page_before_its_launch(
    small: Root, tmp_path: Path, server: Callable[[Path, Path], AbstractContextManager[str]]
) -> None:
    project, www = Project(small), tmp_path / "www"
    ana = registry.find_listener(small, "ana")
    token = addresses(small, 2025, [ana.listener_id])[ana.listener_id].token
    for number in (1, 2):
        publish_edition(project, 2025)
        render(project, 2025)
        upload(project, 2025, str(www))
        if number == 1:
            registry.exclude(small, ana, "artist", target_of("artist", "bo"), "bo")
            build(project)
    publications.rollback(small, 2025)
    upload(project, 2025, str(www))
    page = f"{token[:2]}/{token}.en.html"
    bad = {(www / "2025" / "2" / f"{page}.{packing}").read_bytes() for packing in ("br", "gz")}
    bad |= {brotli.decompress((www / "2025" / "2" / f"{page}.br").read_bytes())}
    with server(www, tmp_path / "server") as site:
        told = answer(site, f"/2025/{token}", Accept_Encoding="br")
        assert told.status == 200
        assert told.content not in bad
        for packing, lies_at in [(packing, part.format(page)) for packing in ("", ".br", ".gz") for part in AROUND]:
            found = answer(site, lies_at + packing, Accept_Encoding="br, gzip")
            assert found.status in (308, 400, 403, 404), lies_at
            assert found.content not in bad
        registry.set_edition(small, 2025, launch_at=datetime.now(UTC) + timedelta(days=1))
        upload(project, 2025, str(www), flips=False)
        for packing, lies_at in [(packing, part.format(page)) for packing in ("", ".br", ".gz") for part in (*AROUND, f"/2025/{token}")]:
            for path in (lies_at + packing, (lies_at + packing).replace("/2/", "/1/")):
                found = answer(site, path, Accept_Encoding="br, gzip")
                assert found.status in (308, 400, 403, 404) or "It opens on" in found.text, path


class _Accounts(BaseHTTPRequestHandler):
    """Stands in for oauth2-proxy: whoever has a cookie is logged in as whom it names."""

    def do_GET(self) -> None:
        name = (self.headers.get("Cookie") or "").removeprefix("session=")
        self.send_response(202 if name else 401)
        if name:
            self.send_header("X-Auth-Request-Preferred-Username", name)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_behind_nginx_nobody_gets_a_story_but_their_own_whatever_header_they_send(small: Root, tmp_path: Path) -> None:
    publish_edition(Project(small), 2025)
    accounts = ThreadingHTTPServer(("127.0.0.1", 0), _Accounts)
    threading.Thread(target=accounts.serve_forever, daemon=True).start()
    with served(Project(small), None, login=Login.of("X-Remote-User", ["127.0.0.1"])) as get:
        block = blocks("nginx")[1].replace("127.0.0.1:8000", urlsplit(get.address).netloc)
        block = block.replace("127.0.0.1:4180", f"127.0.0.1:{accounts.server_address[1]}")
        with nginx(block, tmp_path / "login") as site:
            own = answer(site, "/me/2025", Cookie="session=ana")
            assert (own.status, "<bdi>ana</bdi>" in own.text) == (200, True)
            for spoofed in ({"X_Remote_User": "bo"}, {"x_remote_user": "bo"}, {"X_REMOTE_USER": "bo", "X_Forwarded_For": "10.0.0.1"}):
                found = answer(site, "/me/2025", Cookie="session=ana", **spoofed)
                assert ("<bdi>ana</bdi>" in found.text, "<bdi>bo</bdi>" in found.text) == (True, False)
                assert answer(site, "/me/2025", **spoofed).status == 401
                for path in ("/ME/2025", "//me/2025", "/x/../me/2025", "/%6de/2025", "/me%2f2025", "/./me/2025"):
                    assert "<bdi>bo</bdi>" not in answer(site, path, **spoofed).text, path
            assert answer(site, "/healthz").text == "ok\n"
    accounts.shutdown()
