"""What a deny list catches, and what it does not."""

from __future__ import annotations

from datetime import date

from wrapped_assets.privacy.denied import denied_word, is_denied_day

DENY = ["gospel", "children's", "islamic", "black metal", "12-25"]


def test_whole_words_in_any_spelling_are_denied() -> None:
    for text in ("Gospel", "southern GOSPEL & soul", "góspel", "Children’s Music".replace("’", "'"), "unblack, Black   Metal"):
        assert denied_word([text], DENY) is not None, text


def test_parts_of_words_and_single_words_of_a_phrase_are_not() -> None:
    assert denied_word(["gospelle", "metal", "black", "12-25", ""], DENY) is None


def test_days_are_denied_in_every_year() -> None:
    assert is_denied_day(date(2025, 12, 25), DENY)
    assert not is_denied_day(date(2025, 12, 26), DENY)
