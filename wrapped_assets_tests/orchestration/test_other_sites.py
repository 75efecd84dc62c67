"""A site in the operator's browser reads nothing of the Dagster UI and starts nothing, whatever it calls this machine."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.orchestration import dev, webserver
from wrapped_assets.orchestration.instance import WORKSPACE
from wrapped_assets.orchestration.webserver import ShieldedWebserver
from wrapped_assets.orchestration.where import HOSTS
from wrapped_assets.serving.shield import Shield, hosts_of

OWN = "127.0.0.1:3000"
OTHER_SITES = (
    {"host": "evil.example"},
    {"host": "evil.example:3000"},
    {"host": "127.0.0.1.evil.example"},
    {"host": ""},
    {"host": OWN, "origin": "http://evil.example"},
    {"host": OWN, "origin": "null"},
    {"host": OWN, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},  # a picture whose address is a mutation
    {"host": OWN, "sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},  # another server of this machine
)
ITSELF = ({"host": OWN}, {"host": "localhost:3000", "origin": "http://localhost:3000"}, {"host": "[::1]:3000"}, {"host": "ui.example.org"},
          {"host": OWN, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"})  # fmt: skip


async def _never(scope: Scope, receive: Receive, send: Send) -> None:
    raise LookupError("reached")


def _answer(app: Shield, kind: str, headers: dict[str, str], method: str = "GET") -> int | str:
    """The status that a request gets without reaching the application, or "reached"."""
    sent: list[Message] = []
    scope: Scope = {"type": kind, "method": method, "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    try:
        app(scope, receive, send).__await__().send(None)  # nothing here waits
    except StopIteration:
        return int(sent[0].get("status") or sent[0]["code"])
    except LookupError:
        return "reached"
    raise AssertionError("it waits")


def test_no_request_and_no_websocket_of_another_site_reaches_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOSTS, " ".join(hosts_of("127.0.0.1", ["ui.example.org"])))
    outermost = ShieldedWebserver.build_middleware(ShieldedWebserver.__new__(ShieldedWebserver))[0]
    app = outermost.cls(_never, **outermost.kwargs)
    assert isinstance(app, Shield)
    for headers in OTHER_SITES:
        assert {_answer(app, "http", headers), _answer(app, "http", headers, "POST")} <= {403, 421}, headers
        assert _answer(app, "websocket", headers) == 1008, headers
    for headers in ITSELF:
        assert _answer(app, "http", headers) == "reached", headers
    assert _answer(app, "http", ITSELF[-1], "POST") == 403  # a form of another site


def test_the_webserver_that_is_started_is_the_shielded_one_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "workspace.yaml").write_text(json.dumps(WORKSPACE))
    started: list[str] = []
    monkeypatch.setattr(dev, "_answer", lambda _sockets: None)
    monkeypatch.setattr(dev.daemon, "main", lambda *_, **__: started.append("daemon"))
    monkeypatch.setattr(dev.code_server, "main", lambda *_, **__: started.append("code server"))
    monkeypatch.setattr(webserver, "run", lambda *_: started.append("shielded webserver"))
    for work in dev.processes(str(tmp_path / "workspace.yaml"), "127.0.0.1", 3000, tmp_path):
        work()
    assert started == ["code server", "daemon", "shielded webserver"]


def test_an_allowed_host_is_a_name_and_every_address_is_none() -> None:
    assert hosts_of("0.0.0.0", ["UI.example.org"]) - hosts_of("0.0.0.0") == {"ui.example.org"}
    assert "0.0.0.0" not in hosts_of("0.0.0.0")
    assert "[fe80::1]" in hosts_of("fe80::1")
    for wrong in ("*", "http://ui.example.org", "ui.example.org:8080", "", "a b"):
        with pytest.raises(InputError, match="expected a host's name"):
            hosts_of("127.0.0.1", [wrong])


@pytest.mark.slow
def test_wrapped_ui_refuses_another_sites_request_on_a_real_port(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-c",
        "from wrapped_assets.cli import main; main()",
        "--data",
        str(tmp_path / "root"),
        "ui",
        "--port",
        str(port),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGSTER_")}
    query = json.dumps({"query": "{ version }"})

    def ask(headers: dict[str, str]) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", "/graphql", query, {"Content-Type": "application/json", **headers})
        return connection.getresponse().status

    def answers() -> bool:
        try:
            return ask({}) == 200
        except OSError:
            return False

    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            until = time.monotonic() + 120
            while not answers():
                assert time.monotonic() < until
                time.sleep(0.2)
            assert ask({"Host": "evil.example"}) == 421
            assert ask({"Origin": "http://evil.example"}) == 403
            assert ask({"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}) == 200
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(90)
