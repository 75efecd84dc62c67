"""Texts made to harm go from an export through everything that is written: each output is harmless, and no file leaves its folder."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.kernels.formulas import without_formulas
from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.registry import all_formats
from wrapped_assets.privacy.staged_files import as_csv, read_table
from wrapped_assets.privacy.untrusted import harmless, in_a_cell
from wrapped_assets.stories.png import without_metadata
from wrapped_assets_tests.commands.running import run

HOSTILE = [
    "../../escape", "/abs/escape", "C:\\escape\\x", "..", "a\x00b", "line\nbreak\r\nand more", "ab\u202egnp.exe", "\u2066hidden\u2069",
    '=HYPERLINK("http://evil","y")', "+1+1", "@SUM(A1)", "-2+3|cmd", "\t=1", "\u00a0=1", "＝1", "a;=1", "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "</style><svg/onload=alert(1)>", "[bold red]markup[/]", "{{7*7}}{year}%s%n",
    "\x1b[31mred\x1b]0;title\x07", "\x9b31m", "x" * 10_000, "👩‍👩‍👧‍👦🏳️‍🌈",
    "'; drop table listeners;--", "]]><!--", "$(touch escape)", "#EXTINF:1,x",
    "\ufeffbom\u200b", "\u2028separators\u2029", "ﷺ" * 20, "Z̸̡͚a̵l̴g̷o",
]  # fmt: skip
NAME = '../=<b>"escape\u202e\x1b[31m'
YEAR = "2025"
# One line of anything that is not a control, a direction, or half a character.
UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
URI = "spotify:track:{:022d}"


def export(texts: list[str]) -> bytes:
    """A Spotify history in which each text is a title, an artist and an album, played two to five times."""
    start = datetime(2025, 3, 1, 8, tzinfo=UTC)
    rows = []
    for number, text in enumerate(texts):
        beside = texts[(number + 7) % len(texts)]
        for play in range(2 + number % 4):
            at = start + timedelta(days=number * 3 + play * 11, minutes=number * 4)
            rows.append({
                "ts": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "ms_played": 200_000, "conn_country": "NO", "ip_addr": "192.0.2.1",
                "master_metadata_track_name": text, "master_metadata_album_artist_name": beside,
                "master_metadata_album_album_name": texts[(number + 3) % len(texts)], "spotify_track_uri": URI.format(number),
                "episode_name": None, "episode_show_name": None, "spotify_episode_uri": None, "reason_start": "trackdone",
                "reason_end": "trackdone", "shuffle": False, "skipped": False, "offline": False, "offline_timestamp": None,
                "incognito_mode": False,
            })  # fmt: skip
    return json.dumps(rows).encode()


class Tags(HTMLParser):
    """Which elements a page has, with which attributes, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.update((tag, name) for name, _ in attributes or [("", "")])
        self.links.update(str(value) for name, value in attributes if name in ("href", "src", "action", "xlink:href"))


def elements(page: bytes) -> Tags:
    found = Tags()
    found.feed(page.decode())
    return found


def written(folder: Path, name: str, texts: list[str]) -> dict[str, bytes]:
    """Every output of a listener's year, by what it is; what is printed comes as `printed …`."""
    folder.mkdir()
    data, source, out = folder / "data", folder / "export", folder / "out"
    source.mkdir()
    (source / "Streaming_History_Audio_2025.json").write_bytes(export(texts))
    printed = {"import": run(data, "import", source, "--listener", name, "--time-zone", "UTC", "--place", texts[0], "--country", "NO")}
    run(data, "import", source, "--listener", f"{name} too")
    run(data, "group", "set", texts[0], "--listener", name, "--listener", f"{name} too")
    for purpose in ("group", "be_found"):
        printed[purpose] = run(data, "consent", "set", name, purpose, "given")
    printed["build"] = run(data, "build")
    assert "failed" not in printed["build"].stdout
    for form in ("text", "json", "html"):
        run(data, "story", "--listener", name, "--year", YEAR, "--format", form, "--out", out / f"story.{form}")
    for form in all_formats():
        command = ("playlist", "your_top_songs", "--listener", name, "--year", YEAR, "--format", form)
        printed[form] = run(data, *command, "--out", out / f"playlist.{form}")
    for form in ("csv", "json", "parquet", "table"):
        run(data, "show", "insights/top_recordings", "--listener", name, "--format", form, "--out", out / f"show.{form}")
    printed["group"] = run(data, "group", "show", texts[0])
    printed["explain"] = run(data, "explain", "top_artists", "--listener", name, "--year", YEAR)
    printed["publish"] = run(data, "publish", YEAR)
    printed["share"] = run(data, "share", name, "--year", YEAR)
    printed["unknown"] = run(data, "story", "--listener", texts[1] + name, "--year", YEAR, code=2)
    printed["no asset"] = run(data, "show", f"insights/{texts[2]}\x1b[31m\u202e", code=2)
    printed["no file"] = run(data, "import", f"/nowhere/{name}", "--listener", "x", code=2)
    told = {path.name: path.read_bytes() for path in sorted(out.iterdir())}
    return told | {f"printed {what}": (done.stdout + done.stderr).encode() for what, done in printed.items()}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes], dict[str, bytes]]:
    """The folder, the outputs of hostile texts, and those of as many harmless ones."""
    folder = tmp_path_factory.mktemp("hostile") / "inner"
    folder.mkdir()
    harmless_texts = [f"harmless {number}" for number in range(len(HOSTILE))]
    return folder, written(folder / "hostile", NAME, HOSTILE), written(folder / "harmless", "somebody", harmless_texts)


def strings(document: object) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        yield from (text for value in document.values() for text in strings(value))
    elif isinstance(document, list):
        yield from (text for value in document for text in strings(value))


def test_files_stay_in_their_folders_and_are_called_after_no_text(outputs) -> None:
    folder, _, _ = outputs
    assert {path.name for path in folder.parent.iterdir()} == {"inner"}
    assert {path.name for path in folder.iterdir()} == {"hostile", "harmless"}
    assert {path.name for path in (folder / "hostile").iterdir()} == {"data", "export", "out"}
    inside = [path.relative_to(folder) for path in (folder / "hostile" / "data").rglob("*")]
    assert inside
    assert not [path for path in inside if not re.fullmatch(r"[\w./-]+", str(path)) or "escape" in str(path)]
    assert not list(Path().glob("*escape*"))


def test_what_is_for_reading_holds_no_control_no_direction_and_no_terminals_command(outputs) -> None:
    _, hostile, _ = outputs
    for what, content in hostile.items():
        if what.endswith(("parquet", ".json", ".jspf")):
            continue
        assert not UNPRINTABLE.search(content.decode().removeprefix("\ufeff").replace("\r\n", "\n")), what


def test_a_page_has_no_element_that_a_harmless_page_has_not(outputs) -> None:
    _, hostile, plain = outputs
    found, expected = elements(hostile["story.html"]), elements(plain["story.html"])
    assert found.found - {("dd", "class")} <= expected.found  # long values are set smaller
    assert not {name for _, name in found.found if name.startswith("on")}
    assert found.links <= expected.links
    assert hostile["story.html"].count(b"<script") == plain["story.html"].count(b"<script") <= 1  # the page's own
    assert b"&lt;script&gt;" in hostile["story.html"]


def test_no_cell_of_a_csv_is_a_formula_or_more_than_a_line(outputs) -> None:
    _, hostile, _ = outputs
    for name in ("show.csv", "playlist.csv"):
        rows = list(csv.reader(io.StringIO(hostile[name].decode("utf-8-sig"))))
        cells = [cell for row in rows for cell in row]
        assert any("HYPERLINK" in cell for cell in cells)
        assert len({len(row) for row in rows}) == 1
        for cell in cells:
            assert cell == without_formulas(cell) or re.fullmatch(r"-?[\d.]+", cell)
            assert cell == one_line(cell)


def test_json_and_parquet_have_every_text_exactly_and_can_be_read(outputs) -> None:
    _, hostile, _ = outputs
    shown = json.loads(hostile["show.json"])
    stored = pl.read_parquet(io.BytesIO(hostile["show.parquet"]))
    assert stored["recording_name"].to_list() == [row["recording_name"] for row in shown]
    assert "<script>alert(1)</script>" in stored["recording_name"]
    assert list(strings(json.loads(hostile["story.json"])))


def test_playlists_are_read_back_with_a_track_a_line(outputs) -> None:
    _, hostile, plain = outputs
    tracks = ET.fromstring(hostile["playlist.xspf"]).findall(".//{http://xspf.org/ns/0/}track")
    assert len(tracks) == len(ET.fromstring(plain["playlist.xspf"]).findall(".//{http://xspf.org/ns/0/}track"))
    carried = json.loads(hostile["playlist.jspf"])["playlist"]["track"]
    assert len(carried) == len(json.loads(plain["playlist.jspf"])["playlist"]["track"])
    assert not [text for track in carried for text in track.values() if isinstance(text, str) and UNPRINTABLE.search(text)]
    lines = hostile["playlist.m3u8"].decode().splitlines()
    assert len(lines) == len(plain["playlist.m3u8"].decode().splitlines())
    assert [line for line in lines[2:] if line.startswith("#EXTINF:")] == lines[2::2]
    assert all(re.fullmatch(r"https://open\.spotify\.com/track/\d{22}", line) for line in lines[3::2])
    assert re.fullmatch(r"(spotify:track:\d{22}\n)+", hostile["playlist.spotify"].decode())


@pytest.mark.parametrize("text", [*HOSTILE, "\ud800lone", "=\ud800"])
def test_a_cell_of_an_export_is_harmless_and_guarding_twice_is_guarding_once(text: str) -> None:
    cell = in_a_cell(text)
    assert in_a_cell(cell) == cell
    assert not UNPRINTABLE.search(cell)
    assert len(cell) <= 202
    assert not re.match(r"\s*[=+\-@＝＋－＠]", cell)
    assert harmless(cell) == cell


def test_a_staged_table_of_hostile_texts_is_read_back_row_by_row() -> None:
    content = as_csv(pl.DataFrame({"text": HOSTILE, "count": range(len(HOSTILE))}))
    table = read_table(content, ["count"])
    assert table["count"].to_list() == list(range(len(HOSTILE)))
    assert [text or "" for text in table["text"]] == [in_a_cell(text) for text in HOSTILE]


def test_a_name_that_is_no_text_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(export(["x"]))
    said = run(tmp_path / "data", "import", tmp_path / "a.json", "--listener", "a\udcff", code=2).stderr
    assert "UTF-8" in said


def test_half_a_character_in_an_export_is_a_rejected_row_or_mended(tmp_path: Path) -> None:
    content = export(["fine", "half"]).replace(b'"half"', b'"ha\\ud800lf"')
    (tmp_path / "Streaming_History_Audio_2025.json").write_bytes(content)
    printed = run(tmp_path / "data", "import", tmp_path, "--listener", "ana", code=None)
    assert printed.exit_code in (0, 2)
    assert "unexpectedly" not in printed.stderr


def chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + b"\0\0\0\0"


def test_a_picture_keeps_what_it_shows_and_says_nothing_beside() -> None:
    head, shown, end = chunk(b"IHDR", b"h" * 13), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")
    told = chunk(b"tEXt", b"Author\0Planted Person"), chunk(b"iTXt", b"x"), chunk(b"eXIf", b"x"), chunk(b"tIME", b"x" * 7)
    signature = b"\x89PNG\r\n\x1a\n"
    whole = signature + head + told[0] + told[1] + shown + told[2] + told[3] + end + b"after"
    assert without_metadata(whole) == signature + head + shown + end
