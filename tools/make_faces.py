# /// script
# requires-python = ">=3.11"
# dependencies = ["fonttools==4.68.0", "brotli==1.2.1"]
# ///
"""Makes the files of `wrapped_assets/faces` from published font packages; the same packages give the same bytes.

    npm pack @fontsource/fira-sans@5.3.0 @fontsource/fira-sans-condensed@5.3.0
    apt-get download fonts-unifont=1:15.0.01-2
    uv run tools/make_faces.py FOLDER-WITH-THE-THREE-PACKAGES

Fira Sans is cut to what European and Vietnamese names need, in files by script, so that a page embeds those that it uses.
GNU Unifont has a glyph for nearly every character; pictures fall back to it where a machine has no better face.
`plain/question-mark.ttf` is a face with one sign, because Chromium does not start drawing on a machine without any face.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FACES = Path(__file__).parents[1] / "wrapped_assets" / "faces"
PACKAGES = {
    "fontsource-fira-sans-5.3.0.tgz": "2231966721c4c3f70194c336dd11428e15139bd902cac415528715028c9cd5a9",
    "fontsource-fira-sans-condensed-5.3.0.tgz": "c4246d51585c22e69c9fd0480fb68fa542ed86fcf0dff55b807162d656f4505b",
    "fonts-unifont_1%3a15.0.01-2_all.deb": "cd46245f1b228d1277ed2b453ce893fde1cf4bf4ec317e82b0079395bdc9c2b5",
}
FIRA = (  # family, package, weight in the package, weights that the face serves
    ("Wrapped Display", "fira-sans-condensed", 700, "700"),
    ("Wrapped Text", "fira-sans", 400, "400"),
    ("Wrapped Text", "fira-sans", 600, "600 700"),
)
VIETNAMESE = {0x102, 0x103, 0x110, 0x111, 0x128, 0x129, 0x168, 0x169, 0x1A0, 0x1A1, 0x1AF, 0x1B0, 0x20AB, *range(0x1EA0, 0x1EFA)}
SCRIPTS = {  # in files of these packages; the characters of each are disjoint from the others'
    "latin": {
        *range(0x20, 0x7F), *range(0xA0, 0x100), 0x131, 0x152, 0x153, 0x2BC, 0x2C6, 0x2DA, 0x2DC,
        *range(0x2000, 0x2070), 0x20AC, 0x2122, 0x2191, 0x2193, 0x2212, 0x2215,
    },
    "latin-ext": ({*range(0x100, 0x180), *range(0x180, 0x250), *range(0x1E00, 0x1EA0), 0x2116} - VIETNAMESE) - {0x131, 0x152, 0x153},
    "vietnamese": VIETNAMESE | {0x300, 0x301, 0x303, 0x309, 0x323},
    "greek": set(range(0x370, 0x400)),
    "cyrillic": set(range(0x400, 0x460)) | {0x490, 0x491, 0x4B0, 0x4B1},
    "cyrillic-ext": set(range(0x48A, 0x530)) - {0x490, 0x491, 0x4B0, 0x4B1},
}  # fmt: skip
FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "tnum"]
PRIVATE_USE = range(0xE000, 0xF900)


def packages(folder: Path, into: Path) -> None:
    """Unpacks the packages, after comparing them with the hashes above."""
    for name, sha256 in PACKAGES.items():
        path = folder / name
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            raise SystemExit(f"{path} is not the package that the faces are made from: its SHA-256 differs from {sha256}")
        if path.suffix == ".deb":
            subprocess.run(["dpkg-deb", "-x", path, into], check=True)
        else:
            with tarfile.open(path) as archive:
                archive.extractall(into / name.removesuffix("-5.3.0.tgz"), filter="data")


def cut(
    path: Path, characters: Iterable[int], family: str, question: TTFont | None = None, flavor: str | None = "woff2"
) -> tuple[bytes, list[int]]:
    """The face with these characters alone, and those of them that it has. `question` is a face of the family with a question mark."""
    options = subset.Options(flavor=flavor, hinting=False, layout_features=FEATURES, notdef_outline=True, name_IDs=[0, 13, 14])
    font = subset.load_font(path, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=set(characters) & set(font.getBestCmap()))
    cutter.subset(font)
    for record_id, text in ((1, family), (2, "Regular"), (4, family), (6, family.replace(" ", ""))):  # a changed face has a name of its own
        font["name"].setName(text, record_id, 3, 1, 0x409)
    if question:
        draw_a_question_mark_for_what_is_missing(font, question)
    written = io.BytesIO()
    font.recalcTimestamp = False
    font.flavor = flavor
    font.save(written)
    return written.getvalue(), sorted(font.getBestCmap())


def draw_a_question_mark_for_what_is_missing(font: TTFont, question: TTFont) -> None:
    """A browser that finds no glyph in any face draws a face's `.notdef`: a box, unless it is something else."""
    font["glyf"][".notdef"] = question["glyf"]["question"]
    font["hmtx"][".notdef"] = question["hmtx"]["question"]


def ranges(characters: list[int]) -> str:
    """The characters as a CSS unicode-range."""
    runs: list[list[int]] = []
    for each in characters:
        if runs and each == runs[-1][1] + 1:
            runs[-1][1] = each
        else:
            runs.append([each, each])
    return ",".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in runs)


def make(folder: Path) -> None:
    """Writes every face, and faces.json with what each has."""
    listed = []
    for old in FACES.glob("*.woff2"):
        old.unlink()

    def keep(name: str, family: str, weight: str, made: tuple[bytes, list[int]]) -> None:
        (FACES / name).write_bytes(made[0])
        listed.append({"file": name, "family": family, "weight": weight, "characters": ranges(made[1])})
        print(f"{len(made[0]):>8,} bytes  {len(made[1]):>6,} characters  {name}")

    with tempfile.TemporaryDirectory() as unpacked:
        packages(folder, Path(unpacked))
        for family, package, weight, weights in FIRA:
            files = Path(unpacked) / f"fontsource-{package}" / "package" / "files"
            question = TTFont(files / f"{package}-latin-{weight}-normal.woff2")
            for script, characters in SCRIPTS.items():
                source = files / f"{package}-{script}-{weight}-normal.woff2"
                keep(f"{package}-{weight}-{script}.woff2", family, weights, cut(source, characters, family, question))
        for name, characters in (("unifont", set(range(0x10000)) - set(PRIVATE_USE)), ("unifont_upper", set(range(0x10000, 0xE0000)))):
            source = Path(unpacked) / "usr" / "share" / "fonts" / "opentype" / "unifont" / f"{name}.otf"
            family = "Wrapped Last Resort"
            keep(f"{name.replace('_', '-')}.woff2", family, "400 700", cut(source, characters, family))
        latin = Path(unpacked) / "fontsource-fira-sans" / "package" / "files" / "fira-sans-latin-400-normal.woff2"
        (FACES / "plain" / "question-mark.ttf").write_bytes(
            cut(latin, map(ord, " ?"), "Wrapped Question Mark", TTFont(latin), flavor=None)[0]
        )
        (FACES / "OFL.txt").write_bytes((Path(unpacked) / "fontsource-fira-sans" / "package" / "LICENSE").read_bytes())
    (FACES / "faces.json").write_text(json.dumps(listed, indent=1) + "\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
