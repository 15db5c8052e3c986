"""The search through a decoder, held to what may be said: on a made-up decoder that likes certain words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voice.hearing.phrase_paths import Paths
from voice.hearing.whisper_decoder import Next
from voice.hearing.whisper_search import Search
from voice.understanding.book import Book
from voice.understanding.grammar import Grammar, Grammars
from voice.understanding.intents import load_intents

FILE = """
language: en
intents:
  Order:
    data:
      - sentences: ["(bring|give) [me] {count} <drink> [({size};hot)]", "stop"]
expansion_rules:
  drink: "(tea|cold coffee)"
lists:
  count: {range: {from: 1, to: 30}}
  size: {values: [small, very large]}
"""
LETTERS = " abcdefghijklmnopqrstuvwxyzABGLOPST0123456789'"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book of one small file."""
    (tmp_path / "order.yaml").write_text(FILE, encoding="utf-8")
    return Book(load_intents([tmp_path]))


@pytest.fixture
def grammar(book: Book) -> Grammar:
    """All of it."""
    return Grammars(book).of(range(len(book.intents.templates)))


def encode(word: str) -> tuple[int, ...]:
    """A token for each letter, the space before the word among them."""
    return tuple(LETTERS.index(letter) for letter in f" {word}")


def spell(tokens: tuple[int, ...]) -> str:
    """The letters."""
    return "".join(LETTERS[token] for token in tokens)


class Told:
    """Stands for the decoder: the letters of one sentence are likely, in order; token len(LETTERS) is the end."""

    def __init__(self, sentence: str) -> None:
        """``sentence`` was said."""
        self.wanted = [*encode(sentence), len(LETTERS)]

    def begin(self) -> Any:
        """Rows of what was said."""
        return Rows([()])

    def say(self, tokens: Any, past: Any, sound: Any) -> None:
        """Note it."""
        past.said = [(*said, int(token)) for said, token in zip(past.said, tokens, strict=True)]

    def step(self, tokens: Any, past: Any, sound: Any) -> Next:
        """The sentence's next letter has 0.9, unless silence is asked; all others share the rest."""
        self.say(tokens, past, sound)
        logits = np.full((len(past.said), len(LETTERS) + 1), np.log(0.1 / len(LETTERS)), np.float32)
        for row, said in enumerate(past.said):
            place = len(said) - 1
            if sound is not None and place < len(self.wanted):
                logits[row, self.wanted[place]] = np.log(0.9)
        columns = np.arange(logits.shape[1], dtype=np.int32)
        return Next(logits, columns, np.log(np.exp(logits).sum(axis=1)))


class Rows:
    """Stands for what was said so far."""

    def __init__(self, said: list[tuple[int, ...]]) -> None:
        """Row by row."""
        self.said = said

    def rows(self, chosen: Any) -> Rows:
        """Some of them."""
        return Rows([self.said[row] for row in chosen])


def search_of(sentence: str) -> tuple[Search, Any]:
    """A search over a decoder that heard a sentence, and the turn."""
    search = Search(Told(sentence), [0], np.array([len(LETTERS)]), None, spell)  # type: ignore[arg-type]
    return search, search.begun("sound")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said", ["stop", "bring me two tea", "give three cold coffee very large hot", "give 12 tea hot small", "Stop"]
)
def test_every_sentence_is_found(grammar: Grammar, said: str) -> None:
    """Optional parts, permutations, lists, numbers in words and digits, small and large beginnings."""
    search, turn = search_of(said)
    assert search.found(Paths(grammar, encode), turn)[0].phrase == said.lower()


def test_only_sentences_are_found(grammar: Grammar) -> None:
    """Whatever was said, what is found may be said; and its total is what it was worth by itself."""
    search, turn = search_of("give me three zebras")
    paths = Paths(grammar, encode)
    found = search.found(paths, turn)
    assert found
    for one in found:
        assert one.phrase.split()[0] in {"bring", "give", "stop", "please", "okay", "attune"}
        assert one.phrase.split()[-1] not in {"bring", "give", "me"}
    again = search.weighed([encode(found[0].phrase)], [found[0].phrase], turn)[0]
    assert again.total == pytest.approx(found[0].total, abs=1e-3)
    assert again.tokens == found[0].tokens


def test_what_the_sound_adds_is_told_apart(grammar: Grammar) -> None:
    """Without sound every letter is as likely as another, so a phrase that was said gains by it."""
    search, turn = search_of("stop")
    right, wrong = search.weighed([encode("stop"), encode("give")], ["stop", "give"], turn)
    assert right.total - right.prior > 5
    assert wrong.total - wrong.prior < 0


def test_weighing_is_the_same_in_any_company(grammar: Grammar) -> None:
    """Short and long phrases together get what each gets alone."""
    search, turn = search_of("bring me two tea")
    phrases = ["stop", "bring me two tea", "bring two tea hot small"]
    together = search.weighed([encode(phrase) for phrase in phrases], phrases, turn)
    alone = [search.weighed([encode(phrase)], [phrase], turn)[0] for phrase in phrases]
    assert [one.total for one in together] == pytest.approx([one.total for one in alone], abs=1e-4)


def test_answers_stand_beside_sentences(book: Book) -> None:
    """Answers that no file lists can be found; templates that do not count cannot."""
    grammar = Grammars(book).of([], ["purple", "light green"])
    search, turn = search_of("light green please")
    assert search.found(Paths(grammar, encode), turn)[0].phrase == "light green please"
    search, turn = search_of("stop")
    assert "stop" not in {one.phrase for one in search.found(Paths(grammar, encode), turn)}


def test_a_network_has_one_name(book: Book) -> None:
    """The same sentences have the same key, others another."""
    assert Grammars(book).of([0]).key == Grammars(book).of([0]).key
    assert Grammars(book).of([0]).key != Grammars(book).of([1]).key


@pytest.mark.parametrize(
    "said", ["stop", "bring me two tea", "give three cold coffee very large hot", "give 12 tea hot small"]
)
def test_a_whole_sentence_is_told_from_a_part(grammar: Grammar, said: str) -> None:
    """Word by word, through lists, as the search goes."""
    paths = Paths(grammar, encode)
    assert paths.holds(said.split())
    assert not paths.holds([*said.split(), "zebras"])
