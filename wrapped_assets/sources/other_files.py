"""Files of other programs and systems that people bring by mistake: what they are, told by their first bytes before their names."""

from __future__ import annotations

import re
from collections.abc import Callable

from wrapped_assets.contracts.source import Head


def _named(pattern: str) -> Callable[[Head], bool]:
    return lambda head: re.search(pattern, head.name, re.IGNORECASE) is not None


def _begins(*marks: bytes) -> Callable[[Head], bool]:
    return lambda head: head.first_bytes.startswith(marks)


def _says(pattern: bytes) -> Callable[[Head], bool]:
    return lambda head: re.match(pattern, head.first_bytes.lstrip(b"\xef\xbb\xbf \t\r\n"), re.IGNORECASE) is not None


def _is_inside(pattern: str) -> Callable[[Head], bool]:
    """Of the members of programs' files that are zips."""
    return lambda head: re.search(pattern, head.path) is not None


# The name decides only where the bytes say nothing.
OTHER_FILES: tuple[tuple[Callable[[Head], bool], str], ...] = (
    (_begins(b"%PDF"), "this is a PDF"),
    (
        lambda head: head.name.startswith(".") and head.name.endswith(".icloud"),
        "this is iCloud's placeholder for a file that is not on this machine: download it in the Finder first",
    ),
    (_named(r"\.(crdownload|part|partial|download|opdownload)\Z"), "this is a download that did not end: download it again"),
    (
        _begins(b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\0", b"BZh", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"),
        "this is a packed file of another kind: unpack it and import the folder",
    ),
    (_named(r"\.(7z|rar|xz|bz2|zst|lz4|dmg)\Z"), "this is a packed file of another kind: unpack it and import the folder"),
    (_says(rb"<!doctype html|<html"), "this is a web page, perhaps one that asks to log in: download the export again"),
    (_begins(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*"), "this is a picture: it holds no rows"),
    (
        lambda head: head.first_bytes.startswith((b"OggS", b"fLaC", b"RIFF", b"ID3")) or head.first_bytes[4:8] == b"ftyp",
        "this is music, a film or a picture itself, not a list of what was played",
    ),
    (_begins(b"\xd0\xcf\x11\xe0"), "this is an older file of Excel or Word: save the sheet as CSV in UTF-8"),
    (_is_inside(r"(^|/)word/document\.xml\Z"), "this is a Word document: save its table as CSV in UTF-8"),
    (_says(rb"application/vnd\.oasis\.opendocument"), "this is a file of LibreOffice: save the sheet as CSV in UTF-8"),
    (_is_inside(r"\.iwa\Z"), "this is a file of Numbers or Pages: export it as CSV in UTF-8"),
    (_says(rb"\{\\rtf"), "this is formatted text (RTF): save it as plain text"),
    (_says(rb"(from|return-path|received|delivered-to|mime-version|subject): "), "this is an e-mail: download the export that it leads to"),
    (_begins(b"[InternetShortcut]", b"L\0\0\0\x01\x14\x02\0", b"[Desktop Entry]"), "this is a link to a file, not the file"),
    (_named(r"\.(webloc|url|lnk|alias)\Z"), "this is a link to a file, not the file"),
    (_begins(b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"#!"), "this is a program"),
    (_named(r"\A(\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)\Z"), "this is what macOS or Windows notes about a folder"),
    (
        lambda head: bool(head.first_bytes) and not head.first_bytes.strip(b"\0"),
        "a file holds nothing but zeros: the copy or the download did not end",
    ),
    (lambda head: bool(head.first_bytes) and head.first_bytes.strip() in (b"", b"[]", b"{}", b"null"), "a file holds no rows"),
)


def lost_part(head: Head) -> str | None:
    """What is wrong with a file that would have been part of the export: a clause, or None for a file that is merely another one."""
    if head.name.startswith(".") and head.name.endswith(".icloud"):
        return "is iCloud's placeholder for a file that is not on this machine: download it in the Finder and import again"
    if re.search(r"\.(crdownload|part|partial|download|opdownload)\Z", head.name, re.IGNORECASE):
        return "is a download that did not end: download it again"
    if re.search(r"\.(json|jsonl|csv|tsv|txt|log|zip|xlsx)\Z", head.name, re.IGNORECASE) and not head.first_bytes.strip(b"\0"):
        return "is empty or holds nothing but zeros: export or copy it again"
    return None
