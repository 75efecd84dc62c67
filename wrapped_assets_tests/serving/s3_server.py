"""A store that speaks S3 on a port of this machine: it checks every signature and precondition, and fails where a test asks it to.

Signatures are computed here from the published description of AWS Signature Version 4, not by the library under test.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import urllib.parse
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY_ID, SECRET = "AKIATESTTESTTEST", "a-secret-of-this-test-alone"


@dataclass
class Store:
    """What the store holds: key → (bytes, headers). `fault` gives a status with which a request fails, or None."""

    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    fault: Callable[[str, str], int | None] = lambda _method, _key: None
    requests: list[tuple[str, str]] = field(default_factory=list)
    garbles: bool = False  # keeps other bytes than it was sent
    now: Callable[[], datetime] = lambda: datetime.now(UTC)  # its clock
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tag(self, key: str) -> str | None:
        return f'"{hashlib.md5(self.objects[key][0]).hexdigest()}"' if key in self.objects else None


@contextmanager
def s3_server() -> Iterator[tuple[Store, dict[str, str]]]:
    """The store, and the environment by which a client finds it."""
    store = Store()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"store": store}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield store, {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_address[1]}", "AWS_ALLOW_HTTP": "true", "AWS_REGION": "eu-test-1",
        "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET,
    }  # fmt: skip
    server.shutdown()
    thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: Store

    def log_message(self, *_: object) -> None:
        return

    def _answer(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _begin(self) -> tuple[str, bytes] | None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        key = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).lstrip("/").partition("/")[2]
        with self.store.lock:
            self.store.requests.append((self.command, key))
            status = self.store.fault(self.command, key)
        if status is not None:
            self._answer(status, b"<Error><Code>SlowDown</Code><Message>injected</Message></Error>")
            return None
        if not self._is_signed(body):
            self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>")
            return None
        return key, body

    def _is_signed(self, body: bytes) -> bool:
        kind, _, rest = self.headers.get("Authorization", "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if kind != "AWS4-HMAC-SHA256" or not {"Credential", "SignedHeaders", "Signature"} <= parts.keys():
            return False
        key_id, day, region, service, end = parts["Credential"].split("/")
        digest = self.headers.get("x-amz-content-sha256", "")
        if key_id != KEY_ID or digest not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
            return False
        address = urllib.parse.urlsplit(self.path)
        query = sorted(urllib.parse.parse_qsl(address.query, keep_blank_values=True))
        canonical_query = "&".join(f"{urllib.parse.quote(name, safe='')}={urllib.parse.quote(value, safe='')}" for name, value in query)
        signed = parts["SignedHeaders"].split(";")
        headers = "".join(f"{name}:{' '.join((self.headers.get(name) or '').split())}\n" for name in signed)
        canonical = "\n".join([self.command, address.path, canonical_query, headers, parts["SignedHeaders"], digest])
        scope, hashed = f"{day}/{region}/{service}/{end}", hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope, hashed])
        key = f"AWS4{SECRET}".encode()
        for part in (day, region, service, end):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.compare_digest(hmac.digest(key, to_sign.encode(), "sha256").hex(), parts["Signature"])

    def do_PUT(self) -> None:
        if (found := self._begin()) is None:
            return
        key, body = found
        with self.store.lock:
            tag = self.store.tag(key)
            wanted = self.headers.get("If-Match")
            if (self.headers.get("If-None-Match") == "*" and tag) or (wanted is not None and wanted != tag):
                self._answer(412, b"<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>")
                return
            kept = ("content-type", "content-encoding", "content-language", "content-disposition", "cache-control")
            headers = {name: value for name, value in self.headers.items() if name.lower() in kept}
            self.store.objects[key] = (body[::-1] if self.store.garbles else body, headers)
            tag = self.store.tag(key)
        self._answer(200, headers={"ETag": tag or ""})

    def do_GET(self) -> None:
        if (found := self._begin()) is None:
            return
        with self.store.lock:
            stored, tag = self.store.objects.get(found[0]), self.store.tag(found[0])
        if stored is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>")
            return
        more = {"ETag": tag or "", "Last-Modified": format_datetime(self.store.now(), usegmt=True)}
        self._answer(200, stored[0], {**stored[1], **more})

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        if (found := self._begin()) is not None:
            with self.store.lock:
                self.store.objects.pop(found[0], None)
            self._answer(204)

    def do_POST(self) -> None:
        """Removes several objects at once."""
        if (found := self._begin()) is None:
            return
        keys = [each.text or "" for each in ET.fromstring(found[1]).iter() if each.tag.endswith("Key")]
        with self.store.lock:
            for key in keys:
                self.store.objects.pop(key, None)
        deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode(), {"Content-Type": "application/xml"})
