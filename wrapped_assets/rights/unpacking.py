"""What a file holds, archives unpacked: zip, tar, gzip, zstandard, bzip2 and xz, inside of each other too."""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import brotli

_PIECE = 1 << 16
_ENDS_A_ZIP, _LONGEST_END = b"PK\5\6", 22 + (1 << 16)  # with a comment
# 7z, RAR, LZ4, compress, cabinets, Arrow, Avro, PDF
_NOT_UNPACKED = (b"7z\xbc\xaf", b"Rar!\x1a", b"\x04\x22\x4d\x18", b"\x1f\x9d", b"MSCF\0", b"ARROW1", b"Obj\x01", b"%PDF-")
LARGEST = 2 << 30  # bytes of one member, unpacked
DEEPEST = 5
DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError, brotli.error)


@dataclass(frozen=True)
class Content:
    """One piece of a file. `why_opaque` says why what is in it cannot be looked at."""

    inside: str  # path in the archive; empty for the file itself
    data: bytes | memoryview = b""
    why_opaque: str | None = None
    is_packed: bool = False  # what is in it follows


def contents(data: bytes | memoryview, inside: str = "", depth: int = 0, *, name: str = "") -> Iterator[Content]:
    """The file itself, then everything that it has packed. Brotli, which begins with no sign of its own, is known by the file's name."""
    start = bytes(data[:6])
    unpack = next((unpack for magic, unpack in _ARCHIVES if start.startswith(magic)), _tar if _is_tar(data) else None)
    unpack = _zip if unpack is None and _ENDS_A_ZIP in bytes(data[-_LONGEST_END:]) else unpack  # behind a program, or any other beginning
    unpack = _brotli if unpack is None and name.endswith(".br") else unpack
    yield Content(inside, data, is_packed=unpack is not None)
    if unpack is None:
        if start.startswith(_NOT_UNPACKED):
            yield Content(inside, why_opaque="packed in a form that is not unpacked")
        return
    if depth == DEEPEST:
        yield Content(inside, why_opaque="packed too deep")
        return
    try:
        for name, member in unpack(data):
            place = f"{inside}!{name}" if inside else name
            if member is None:
                yield Content(place, why_opaque="encrypted, or larger than 2 GiB")
            else:
                yield from contents(member, place, depth + 1, name=name)
    except DAMAGE:
        yield Content(inside, why_opaque="damaged archive")


def _zip(data: bytes | memoryview) -> Iterator[tuple[str, bytes | None]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = (f"{info.filename}\n{info.comment.decode('utf-8', 'replace')}\n".encode() for info in archive.infolist())
        yield "(names and comments)", b"".join([*names, archive.comment])
        for info in archive.infolist():
            if info.is_dir():
                continue
            yield info.filename, None if info.flag_bits & 1 or info.file_size > LARGEST else archive.read(info)


def _tar(data: bytes | memoryview) -> Iterator[tuple[str, bytes | None]]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for info in archive:
            said = (info.name, info.linkname, info.uname, info.gname, *info.pax_headers.values())
            yield f"{info.name} (name)", "\n".join(said).encode("utf-8", "replace")
            if info.isfile():
                file = archive.extractfile(info)
                yield info.name, file.read() if file and info.size <= LARGEST else None


def _brotli(data: bytes | memoryview) -> Iterator[tuple[str, bytes | None]]:
    unpacker, found, size = brotli.Decompressor(), list[bytes](), 0
    for start in range(0, len(data), _PIECE):
        found.append(unpacker.process(bytes(data[start : start + _PIECE])))
        size += len(found[-1])
        if size > LARGEST:
            yield "unpacked", None
            return
    if not unpacker.is_finished():
        raise EOFError
    yield "unpacked", b"".join(found)


def _is_tar(data: bytes | memoryview) -> bool:
    return bytes(data[257:262]) == b"ustar"


def _stream(opened: Callable[[io.BytesIO], io.BufferedIOBase]) -> Callable[[bytes | memoryview], Iterator[tuple[str, bytes | None]]]:
    def unpack(data: bytes | memoryview) -> Iterator[tuple[str, bytes | None]]:
        with opened(io.BytesIO(data)) as file:
            found = file.read(LARGEST + 1)
        yield "unpacked", found if len(found) <= LARGEST else None

    return unpack


def _gzip(data: bytes | memoryview) -> Iterator[tuple[str, bytes | None]]:
    """Every stream of the file, and the names in their headers."""
    import gzip

    if data[3] & 8:
        yield "(header)", bytes(data[10:300]).split(b"\0")[0]
    unpacker = zlib.decompressobj(31)
    found = unpacker.decompress(data, LARGEST + 1)
    if unpacker.eof and not unpacker.unused_data:  # one stream, as in nearly every file
        yield "unpacked", found if len(found) <= LARGEST else None
        return
    yield from _stream(lambda file: gzip.GzipFile(fileobj=file))(data)


def _zstandard(data: bytes | memoryview) -> Iterator[tuple[str, bytes | None]]:
    import pyarrow as pa

    with pa.CompressedInputStream(pa.BufferReader(pa.py_buffer(bytes(data))), "zstd") as file:
        found = file.read(LARGEST + 1)
    yield "unpacked", found if len(found) <= LARGEST else None


_ARCHIVES: tuple[tuple[bytes, Callable[[bytes | memoryview], Iterator[tuple[str, bytes | None]]]], ...] = (
    (b"PK\x03\x04", _zip), (b"PK\x05\x06", _zip), (b"\x1f\x8b", _gzip), (b"\x28\xb5\x2f\xfd", _zstandard),
    (b"BZh", _stream(bz2.BZ2File)), (b"\xfd7zXZ\x00", _stream(lzma.LZMAFile)),
)  # fmt: skip
