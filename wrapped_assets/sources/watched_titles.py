"""Takes from a title the words that YouTube writes around it in a history, in whatever language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

# What Takeout writes around a title, as (before, behind); other languages are told by what most titles of a file have in common.
KNOWN = (
    ("Watched ", ""), ("Viewed ", ""), ("", " angesehen"), ("", " angeschaut"), ("Vous avez regardé ", ""),
    ("A regardé ", ""), ("Has visto ", ""), ("Viste ", ""), ("Você assistiu a ", ""), ("Você assistiu ", ""),
    ("Assistiu a ", ""), ("Viu ", ""), ("Hai guardato ", ""), ("Hai visto ", ""), ("", " bekeken"),
    ("Heb je bekeken: ", ""), ("Obejrzano ", ""), ("Obejrzano: ", ""), ("Просмотрено видео ", ""),
    ("Вы посмотрели видео ", ""), ("Просмотрено: ", ""), ("Переглянуто відео ", ""), ("", " を視聴しました"),
    ("", "을(를) 시청했습니다."), ("", "을(를) 시청함"), ("观看了 ", ""), ("已观看", ""), ("已觀看", ""), ("觀看了「", "」"),
    ("Du tittade på ", ""), ("Tittade på ", ""), ("Har set ", ""), ("Så ", ""), ("Så på ", ""),
    ("Katsoit videon ", ""), ("", " izlendi"), ("", " adlı videoyu izlediniz"), ("Menonton ", ""), ("Đã xem ", ""),
    ("Zhlédnuto: ", ""), ("Zhlédli jste video ", ""), ("Megtekintve: ", ""), ("Ați vizionat ", ""),
    ("Παρακολουθήσατε ", ""),
)  # fmt: skip
ENOUGH_TITLES, SHARE = 5, 0.8


@dataclass(frozen=True)
class Affixes:
    """What stands before and behind the titles of a file."""

    before: str = ""
    behind: str = ""

    def without(self, title: str) -> str:
        """The title alone; as it is where it has not these words and no known ones."""
        for before, behind in ((self.before, self.behind), *KNOWN):
            if (before or behind) and len(title) > len(before + behind) and title.startswith(before) and title.endswith(behind):
                return title[len(before) : len(title) - len(behind)]
        return title


def affixes_of(titles: Sequence[str]) -> Affixes:
    """The words that most of a file's titles begin or end with; none where they are few, or where a known phrase fits them."""
    different = [" ".join(title.split()) for title in dict.fromkeys(titles)]
    if len(different) < ENOUGH_TITLES or sum(Affixes().without(title) != title for title in different) > len(different) * SHARE:
        return Affixes()
    before = _common([title.split(" ") for title in different])
    if before:
        return Affixes(before=" ".join(before) + " ")
    behind = _common([title.split(" ")[::-1] for title in different])
    return Affixes(behind=" " + " ".join(behind[::-1])) if behind else Affixes()


def _common(words: list[list[str]]) -> list[str]:
    shared: list[str] = []
    while True:
        longer = [title for title in words if title[: len(shared)] == shared and len(title) > len(shared) + 1]
        best = Counter(title[len(shared)] for title in longer).most_common(1)
        if not best or best[0][1] < len(words) * SHARE:
            return shared
        shared.append(best[0][0])
