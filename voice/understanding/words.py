"""What was written or heard, as plain lower-case words that compare alike.

Contractions are opened ("don't" is "do not", also as a recognizer spells it, "dont"), numbers are spelled out
("5-4-3" is "five four three", "8:30" is "eight thirty", "8:00" is "eight", "21.5" is "twenty one point five", "2nd" is
"second"), hyphens part words, spelt letters are one ("B.B.C." is "bbc"), punctuation goes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


def _listed(text: str) -> list[str]:
    return text.split()


ONES = _listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = _listed("zero ten twenty thirty forty fifty sixty seventy eighty ninety")

CONTRACTIONS = {
    "i'm": "i am", "im": "i am", "you're": "you are", "youre": "you are", "we're": "we are", "they're": "they are",
    "theyre": "they are", "it's": "it is", "that's": "that is", "thats": "that is", "there's": "there is",
    "theres": "there is", "what's": "what is", "whats": "what is", "who's": "who is", "where's": "where is",
    "how's": "how is", "hows": "how is", "he's": "he is", "hes": "he is", "she's": "she is", "shes": "she is",
    "let's": "let us", "lets": "let us", "don't": "do not", "dont": "do not", "doesn't": "does not",
    "doesnt": "does not", "didn't": "did not", "didnt": "did not", "can't": "can not", "cant": "can not",
    "cannot": "can not", "won't": "will not", "wont": "will not", "wouldn't": "would not", "wouldnt": "would not",
    "shouldn't": "should not", "shouldnt": "should not", "couldn't": "could not", "couldnt": "could not",
    "isn't": "is not", "isnt": "is not", "aren't": "are not", "arent": "are not", "wasn't": "was not",
    "wasnt": "was not", "haven't": "have not", "havent": "have not", "hasn't": "has not", "hasnt": "has not",
    "i've": "i have", "ive": "i have", "we've": "we have", "weve": "we have", "you've": "you have",
    "they've": "they have", "i'd": "i would", "we'd": "we would", "you'd": "you would", "i'll": "i will",
    "we'll": "we will", "you'll": "you will", "it'll": "it will", "that'll": "that will", "gonna": "going to",
    "wanna": "want to", "gotta": "got to", "lemme": "let me", "gimme": "give me", "kinda": "kind of",
    "outta": "out of", "ain't": "is not", "aint": "is not", "o'clock": "oclock", "ok": "okay", "y'all": "you all",
    "mom's": "moms", "goodnight": "good night", "p.m": "pm", "a.m": "am", "p.m.": "pm", "a.m.": "am",
}  # fmt: skip

ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
            "twelve": "twelfth"}  # fmt: skip
"""Those that are not the number and "th"."""
WRITTEN = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"\b([ap])\.\s?m\.?(?=\W|$)", r"\1m"),
        (r"\b([a-z])\.(?=[a-z]\b)", r"\1"),
        (r"(\d),(\d{3})\b", r"\1\2"),
        (r"(?<![\w.,:])[-−](?=\d)", "minus "),
        (r"(\d)\s?(?:½|(?<=\s)1/2(?![\d/]))", r"\1 and a half "),
        (r"½|(?<![\d/])1/2(?![\d/])", " half "),
        (r"(?<![\d.:])(\d+)\.(\d)(?![.:]?\d)", r"\1 point \2"),
        (r"\$\s?(\d+(?:\.\d+)?)", r"\1 dollars "),
        (r"£\s?(\d+(?:\.\d+)?)", r"\1 pounds "),
        (r"€\s?(\d+(?:\.\d+)?)", r"\1 euros "),
        (r"(\d):00\b", r"\1 "),
        (r"(\d)[.:](\d)", r"\1 \2"),
        (r"(\d+)(?!(?:st|nd|rd|th)\b)([a-z]+)", r"\1 \2"),
        ("%", " percent "),
        ("°", " degrees "),
    )
)
"""What is written shorter than it is said, and how it is said."""

_TOKEN = re.compile(r"[^\W_]+(?:['’.](?=[^\W_])[^\W_]+)*", re.UNICODE)
_NUMBER = re.compile(r"(\d+)(st|nd|rd|th)?")


def spell(number: int) -> str:
    """An English number in words, without "and"; 0 to 999,999, and digit by digit beyond."""
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f" {ONES[number % 10]}" if number % 10 else "")
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if size <= number < 1_000_000:
            rest = f" {spell(number % size)}" if number % size else ""
            return f"{spell(number // size)} {name}{rest}"
    return " ".join(ONES[int(digit)] for digit in str(number))


@lru_cache(maxsize=4096)
def split(text: str) -> tuple[str, ...]:
    """The plain words of a text, in order; never raises, an empty text has none."""
    text = text.casefold().replace("’", "'")
    for pattern, said in WRITTEN:
        text = pattern.sub(said, text)
    words: list[str] = []
    for token in _TOKEN.findall(text):
        words += _plain(token)
    return tuple(words)


def _plain(token: str) -> list[str]:
    if token in CONTRACTIONS:
        return CONTRACTIONS[token].split()
    digits = _NUMBER.fullmatch(token)
    if digits and len(token) < 10:
        words = spell(int(digits[1])).split()
        return [*words[:-1], _ordinal(words[-1])] if digits[2] else words
    return [token.replace("'", "")]


def _ordinal(word: str) -> str:
    """A number's last word as that of its ordinal."""
    return ORDINALS.get(word) or (word[:-1] + "ieth" if word.endswith("y") else word.removesuffix("t") + "th")


def number(words: tuple[str, ...]) -> int | None:
    """The number that a run of words says ("one hundred and five" is 105), or None."""
    total = current = 0
    seen = False
    for word in words:
        if word == "and" and seen:
            continue
        if word in _VALUES:
            value = _VALUES[word]
            taken = current % 100
            if taken and (value >= 10 or taken < 20 or taken % 10):
                return None
            current += value
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        else:
            return None
        seen = True
    return total + current if seen else None


_VALUES = {word: value for value, word in enumerate(ONES)} | {word: 10 * tens for tens, word in enumerate(TENS) if tens}
NUMBER_WORDS = frozenset(_VALUES) | {"hundred", "thousand"}


def is_count(words: Sequence[str]) -> bool:
    """Whether numbers are all that was said."""
    return bool(words) and NUMBER_WORDS.issuperset(words)
