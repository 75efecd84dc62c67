"""The configuration that the documentation gives for nginx serves an uploaded folder as `wrapped serve` does, where nginx is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.serving.launch.load import free_port
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.serving.rendered.uploading import upload
from wrapped_assets.storage import registry
from wrapped_assets.storage.addresses import addresses
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.serving.releases import deliver_charts

NGINX = shutil.which("nginx")
DOCUMENT = Path(__file__).parents[2] / "docs" / "launch.md"
WHOLE = """daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{ types {{ text/html html; font/woff2 woff2; image/jpeg jpg; }} access_log off;
client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
server {{ listen 127.0.0.1:{port}; {given} }} }}
"""


def documented(site: Path) -> str:
    """The block of the documentation, for another folder."""
    (block,) = re.findall(r"```nginx\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert "/srv/site" in block
    return block.replace("/srv/site", str(site))


@contextmanager
def nginx(site: Path, folder: Path) -> Iterator[str]:
    port = free_port()
    folder.mkdir()
    (folder / "nginx.conf").write_text(WHOLE.format(folder=folder, port=port, given=documented(site)))
    server = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")])
    for _ in range(100):
        if (folder / "nginx.pid").exists():
            break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(10)


def answer(address: str) -> tuple[int, str, dict[str, str]]:
    try:
        with urllib.request.urlopen(address) as found:
            return found.status, found.read().decode(errors="replace"), {name.lower(): value for name, value in found.headers.items()}
    except urllib.error.HTTPError as error:
        return error.code, "", {}


def test_the_documented_block_names_what_an_upload_writes() -> None:
    block = documented(Path("/www"))
    assert all(name in block for name in ("/live/", ".en.html", "/faces/", "countdown.html", "no-store", "noindex"))


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_nginx_sends_the_countdown_until_the_flip_and_then_stories_and_the_site(small: Root, tmp_path: Path) -> None:
    project, www = Project(small), tmp_path / "www"
    publish_edition(project, 2025)
    deliver_charts(small)
    render(project, 2025)
    registry.set_edition(small, 2025, launch_at=datetime.now(UTC) + timedelta(days=1))
    upload(project, 2025, str(www), flips=False)
    ana = registry.find_listener(small, "ana").listener_id
    token = addresses(small, 2025, [ana])[ana].token
    with nginx(www, tmp_path / "nginx") as site:
        for path in (f"/2025/{token}", "/2025/" + "x" * 24, "/"):
            assert "It opens on" in answer(site + path)[1]
        registry.set_edition(small, 2025, launch_at=datetime.now(UTC) - timedelta(seconds=1))
        upload(project, 2025, str(www))
        status, text, headers = answer(f"{site}/2025/{token}")
        assert (status, "<bdi>ana</bdi>" in text) == (200, True)
        assert (headers["referrer-policy"], headers["x-robots-tag"]) == ("no-referrer", "noindex")
        assert "no-store" in headers["cache-control"]
        assert answer(site + "/2025/" + "x" * 24)[0] == 404
        assert "The songs of the year" in answer(site + "/")[1]
        assert "Eple" in answer(site + "/2025/charts.de.html")[1]
        assert answer(f"{site}/2025/1/")[0] in (403, 404), "nothing is listed"
        assert answer(f"{site}/../../etc/passwd")[0] in (400, 404)
