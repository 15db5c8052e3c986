"""Plain words: contractions opened, numbers spelt out, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.understanding.words import number, spell, split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Let's do 5-4-3-2-1!", "let us do five four three two one"),
        ("at 8:30 p.m., o'clock", "at eight thirty pm oclock"),
        ("I don’t know", "i do not know"),
        ("20mins check-in", "twenty mins check in"),
        ("1,200 things, 25%", "one thousand two hundred things twenty five percent"),
        ("멈춰 주세요.", "멈춰 주세요"),
        ("21.5 degrees, at 8.30.", "twenty one point five degrees at eight thirty"),
        ("set it to -5, 4-7-8", "set it to minus five four seven eight"),
        ("the 2nd, 20th and 31st track", "the second twentieth and thirty first track"),
        ("2½ hours, 1/2 a cup, 1 1/2 cups", "two and a half hours half a cup one and a half cups"),
        ("$20 or £1.50", "twenty dollars or one fifty pounds"),
        ("…", ""),
    ],
)
def test_words_are_plain(text: str, words: str) -> None:
    """However a recognizer writes it, the same words come out."""
    assert list(split(text)) == words.split()


@given(st.integers(0, 999_999))
def test_numbers_survive_being_spelt(value: int) -> None:
    """A spelt number reads as itself."""
    assert number(tuple(spell(value).split())) == value


@pytest.mark.parametrize("words", [(), ("five", "four"), ("ten", "six"), ("and",), ("five", "o'clock")])
def test_what_is_no_number_is_none(words: tuple[str, ...]) -> None:
    """Runs of words that say no single number have no value."""
    assert number(words) is None


@given(st.text(max_size=200))
def test_any_text_can_be_split(text: str) -> None:
    """Nothing that is heard makes it fail, and splitting again changes nothing."""
    words = split(text)
    assert split(" ".join(words)) == words or not text.isascii()
