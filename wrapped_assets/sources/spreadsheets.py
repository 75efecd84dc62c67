"""Reads a sheet of an Excel workbook (.xlsx) row by row; what is no cell's value is not looked at."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO
from xml.etree import ElementTree

from wrapped_assets.contracts.errors import InputError

NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
WORKBOOK = "xl/workbook.xml"
LARGEST_TEXTS = 512 * 2**20  # the table of texts is held in memory; a listener's has some megabytes
FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 (Excel's days have no zone)
DATES = range(30_000, 80_000)  # 1982 to 2119 as days, what a date column may hold


def sheet_names(stream: BinaryIO) -> tuple[str, ...]:
    """The names of a workbook's sheets; none where the zip is no workbook."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return tuple(_sheets(archive)) if WORKBOOK in archive.namelist() else ()
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, OSError, ValueError):
        return ()


def rows(stream: BinaryIO, part_of_name: str) -> Iterator[list[str | None]]:
    """The cells of each row of the first sheet whose name has `part_of_name`, as texts. Raises InputError for a damaged workbook."""
    try:
        with zipfile.ZipFile(stream) as archive:
            path = next(path for name, path in _sheets(archive).items() if part_of_name in name)
            texts = _shared_texts(archive)
            with archive.open(path) as sheet:
                for _, element in ElementTree.iterparse(_without_entities(sheet)):  # noqa: S314
                    if element.tag == f"{NAMESPACE}row":
                        yield _cells(element, texts)
                        element.clear()
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, IndexError, OSError, ValueError, EOFError):
        raise InputError("the workbook is damaged: open it, save its sheet as CSV and import that; nothing was changed") from None


class _without_entities:  # noqa: N801 (used like a function)
    """The bytes of an XML file that defines no entities of its own: those can make a bomb."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def read(self, size: int = -1) -> bytes:
        data = self._inner.read(size)  # type: ignore[attr-defined]
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise ValueError
        return data


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    with archive.open("xl/_rels/workbook.xml.rels") as file:
        targets = {one.get("Id"): one.get("Target", "") for one in ElementTree.parse(_without_entities(file)).getroot()}  # noqa: S314
    with archive.open(WORKBOOK) as file:
        found = ElementTree.parse(_without_entities(file)).getroot().iter(f"{NAMESPACE}sheet")  # noqa: S314
        return {sheet.get("name", ""): "xl/" + targets[sheet.get(RELATION)].removeprefix("/xl/") for sheet in found}


def _shared_texts(archive: zipfile.ZipFile) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return []
    if archive.getinfo(name).file_size > LARGEST_TEXTS:
        raise ValueError
    texts = []
    with archive.open(name) as file:
        for _, element in ElementTree.iterparse(_without_entities(file)):  # noqa: S314
            if element.tag == f"{NAMESPACE}si":
                texts.append("".join(part.text or "" for part in element.iter(f"{NAMESPACE}t")))
                element.clear()
    return texts


def _cells(row: ElementTree.Element, texts: list[str]) -> list[str | None]:
    cells: list[str | None] = []
    for cell in row:
        place = _column(cell.get("r")) if cell.get("r") else len(cells)
        cells += [None] * (place + 1 - len(cells))
        value, kind = cell.find(f"{NAMESPACE}v"), cell.get("t")
        if kind == "inlineStr":
            cells[place] = "".join(part.text or "" for part in cell.iter(f"{NAMESPACE}t"))
        elif value is not None and value.text is not None:
            cells[place] = texts[int(value.text)] if kind == "s" else _as_date(value.text) if cell.get("s") else value.text
    return cells


def _column(reference: str | None) -> int:
    number = 0
    for letter in re.sub(r"\d", "", reference or "A"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return min(number - 1, 1000)


def _as_date(value: str) -> str:
    """A number with a style that may be a date, as the instant that Excel shows for it."""
    try:
        days = float(value)
    except ValueError:
        return value
    if int(days) not in DATES or days == int(days):
        return value
    return (FIRST_DAY + timedelta(seconds=round(days * 86_400))).isoformat(sep=" ")
