"""Pages bring along the faces that their text needs, those alone, and name no other face first."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import wrapped_assets
from wrapped_assets.faces.embedding import LAST_RESORT, faces, rules_for, with_faces

PACKAGE = Path(wrapped_assets.__file__).parent
SOURCES = sorted(path for kind in ("*.css", "*.html") for path in PACKAGE.rglob(kind))


def families(rules: str) -> list[str]:
    return re.findall(r'font-family:"([^"]+)"', rules)


def test_a_text_brings_the_scripts_that_it_uses_and_no_other() -> None:
    latin = rules_for("Salt, 174×")
    assert families(latin) == ["Wrapped Display", "Wrapped Text", "Wrapped Text"]
    assert len(latin) < 60_000
    assert set(families(rules_for("Ελληνικά"))) == {"Wrapped Display", "Wrapped Text"}
    assert len(families(rules_for("Ελληνικά"))) == 6
    every_script = rules_for("Příliš Ελληνικά Русский қазақ Nguyễn 椎名林檎")
    assert families(every_script).count("Wrapped Display") == 6
    assert len(every_script) < 240_000


def test_only_what_no_other_face_has_brings_the_last_resort() -> None:
    assert LAST_RESORT not in rules_for("椎名林檎")
    assert LAST_RESORT not in rules_for("Příliš\n\t", with_last_resort=True)
    assert families(rules_for("椎名林檎", with_last_resort=True)).count(LAST_RESORT) == 1
    assert families(rules_for("椎名林檎 🎵", with_last_resort=True)).count(LAST_RESORT) == 2


def test_names_of_europe_and_vietnam_are_covered() -> None:
    rules = [each for each in faces() if each.family != LAST_RESORT]
    for name in (
        "Łódź Şımarık Ñandú Ōtomo Þórður ß ŵ Ǎ",
        "Νίκος Ξυλούρης Ϊ",
        "Ђорђе Їжак Ёлка Ґ Ў",
        "Әсел Қазақ Ңөһ",
        "Nguyễn Thị Ạn Đỗ Ưu Ờ",
    ):
        for letter in set(name) - {" "}:
            assert {(each.family, each.weight) for each in rules if each.has_any_of(frozenset(letter))} == {
                ("Wrapped Display", "700"), ("Wrapped Text", "400"), ("Wrapped Text", "600 700"),
            }, letter  # fmt: skip


def test_a_document_without_styles_is_refused() -> None:
    with pytest.raises(ValueError, match="<style>"):
        with_faces("<p>no styles</p>")


def test_every_template_takes_the_common_policy_and_its_maker_embeds_the_faces() -> None:
    pages = [path for path in SOURCES if "<html" in path.read_text()]
    assert pages
    assert [path.name for path in pages if 'content="{{ policy }}"' not in path.read_text() or "<style>" not in path.read_text()] == []
    beside = {page: [path.read_text() for path in page.parent.glob("*.py")] for page in pages}
    makers = {page: [text for text in texts if re.search(rf'template\("(\w+/)?{page.name}"\)', text)] for page, texts in beside.items()}
    assert [page.name for page, found in makers.items() if len(found) != 1 or "with_faces(" not in found[0]] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_styles_begin_with_a_bundled_face(path: Path) -> None:
    stacks = re.findall(r"(?:font|font-family|--display|--body|--text):([^;}]+)", path.read_text())
    assert [stack for stack in stacks if not re.search(r"""(^|\s)("Wrapped |var\(--(display|body|text)\)|inherit)""", stack)] == []


def test_the_wheel_has_every_file_that_is_no_code() -> None:
    patterns = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["wrapped_assets"]
    packed = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    files = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert sorted(files - packed) == []
    assert {path for each in faces() if (path := PACKAGE / "faces" / each.file)} | {PACKAGE / "faces" / "OFL.txt"} <= packed
