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
    code: str = "SlowDown"  # what the answer to such a request calls it
    requests: list[tuple[str, str]] = field(default_factory=list)
    garbles: bool = False  # keeps other bytes than it was sent
    tears: Callable[[str], bool] = lambda _key: False  # whether it keeps only the first half of what it was sent
    has_conditions: bool = True  # whether it carries out conditional writes
    has_md5_tags: bool = True  # whether it says the MD5 of what it keeps; stores that encrypt do not
    buckets: tuple[str, ...] = ()  # those that there are; none named: all
    lists: Callable[[str], bool] = lambda _key: True  # whether a listing has heard of the object by now
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)  # of several parts, under way
    sent: int = 0  # bytes that readers got
    now: Callable[[], datetime] = lambda: datetime.now(UTC)  # its clock
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tag(self, key: str) -> str | None:
        if key not in self.objects:
            return None
        content, about = self.objects[key]
        return about.get("tag") or f'"{hashlib.md5(content if self.has_md5_tags else content + b"?").hexdigest()}"'


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
    disable_nagle_algorithm = True  # which would hold each answer back for 40 ms
    store: Store

    def log_message(self, *_: object) -> None:
        return

    def _answer(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.store.sent += len(content)
            self.wfile.write(content)

    def _begin(self) -> tuple[str, bytes] | None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        bucket, _, key = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).lstrip("/").partition("/")
        with self.store.lock:
            self.store.requests.append((self.command, key))
            status = self.store.fault(self.command, key)
        if status is not None:
            self._answer(status, f"<Error><Code>{self.store.code}</Code><Message>injected</Message></Error>".encode())
            return None
        if not self._is_signed(body):
            self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>")
            return None
        if self.store.buckets and bucket not in self.store.buckets:
            self._answer(404, b"<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>")
            return None
        return key, body

    def _asked(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query, keep_blank_values=True))

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
        asked = self._asked()
        if "partNumber" in asked:
            with self.store.lock:
                self.store.uploads[asked["uploadId"]][int(asked["partNumber"])] = body
            self._answer(200, headers={"ETag": f'"{hashlib.md5(body).hexdigest()}"'})
            return
        with self.store.lock:
            tag = self.store.tag(key)
            if not self.store.has_conditions and {"If-Match", "If-None-Match"} & set(self.headers):
                self._answer(501, b"<Error><Code>NotImplemented</Code><Message>no</Message></Error>")
                return
            wanted = self.headers.get("If-Match")
            if (self.headers.get("If-None-Match") == "*" and tag) or (wanted is not None and wanted != tag):
                self._answer(412, b"<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>")
                return
            kept = ("content-type", "content-encoding", "content-language", "content-disposition", "cache-control")
            headers = {name: value for name, value in self.headers.items() if name.lower() in kept}
            body = body[: len(body) // 2] if self.store.tears(key) else body
            self.store.objects[key] = (body[::-1] if self.store.garbles else body, headers)
            tag = self.store.tag(key)
        self._answer(200, headers={"ETag": tag or ""})

    def do_GET(self) -> None:
        if (found := self._begin()) is None:
            return
        if "list-type" in self._asked():
            self._list(self._asked().get("prefix", ""))
            return
        with self.store.lock:
            stored, tag = self.store.objects.get(found[0]), self.store.tag(found[0])
        if stored is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>")
            return
        more = {"ETag": tag or "", "Last-Modified": format_datetime(self.store.now(), usegmt=True)}
        content, kept = stored[0], {name: value for name, value in stored[1].items() if name != "tag"}
        if (wanted := self.headers.get("Range", "")).startswith("bytes="):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start = int(first) if first else max(0, len(content) - int(last))
            end = min(int(last) if first and last else len(content) - 1, len(content) - 1)
            more["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
            self._answer(206, content[start : end + 1], {**kept, **more})
            return
        self._answer(200, content, {**kept, **more})

    def _list(self, prefix: str) -> None:
        with self.store.lock:
            found = sorted(key for key in self.store.objects if key.startswith(prefix) and self.store.lists(key))
        rows = "".join(
            f"<Contents><Key>{key}</Key><LastModified>{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
            f"<ETag>&quot;x&quot;</ETag><Size>{len(self.store.objects[key][0])}</Size></Contents>"
            for key in found
        )
        text = f"<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>{len(found)}</KeyCount>{rows}</ListBucketResult>"
        self._answer(200, text.encode(), {"Content-Type": "application/xml"})

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        if (found := self._begin()) is not None:
            with self.store.lock:
                if upload := self._asked().get("uploadId"):
                    self.store.uploads.pop(upload, None)
                else:
                    self.store.objects.pop(found[0], None)
            self._answer(204)

    def do_POST(self) -> None:
        """Removes several objects at once; begins and ends an upload in parts."""
        if (found := self._begin()) is None:
            return
        asked = self._asked()
        if "uploads" in asked or "uploadId" in asked:
            self._upload(found[0], asked.get("uploadId"), found[1])
            return
        keys = [each.text or "" for each in ET.fromstring(found[1]).iter() if each.tag.endswith("Key")]
        with self.store.lock:
            for key in keys:
                self.store.objects.pop(key, None)
        deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode(), {"Content-Type": "application/xml"})

    def _upload(self, key: str, upload: str | None, body: bytes) -> None:
        with self.store.lock:
            if upload is None:
                upload = f"upload-{len(self.store.requests)}"
                self.store.uploads[upload] = {}
                answer = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            else:
                parts = self.store.uploads.pop(upload)
                named = [int(each.text or 0) for each in ET.fromstring(body).iter() if each.tag.endswith("PartNumber")]
                content = b"".join(parts[number] for number in named)
                whole = hashlib.md5(b"".join(hashlib.md5(parts[number]).digest() for number in named)).hexdigest()
                content = content[: len(content) // 2] if self.store.tears(key) else content
                self.store.objects[key] = (content, {"tag": f'"{whole}-{len(named)}"'})
                answer = f"<CompleteMultipartUploadResult><ETag>&quot;{whole}-{len(named)}&quot;</ETag></CompleteMultipartUploadResult>"
        self._answer(200, answer.encode(), {"Content-Type": "application/xml"})
