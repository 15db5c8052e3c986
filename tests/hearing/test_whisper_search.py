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
LETTERS = " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'"


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
        self.asked: list[list[tuple[int, ...]]] = []
        """What was said in each row, for every step in the sound."""

    def begin(self) -> Any:
        """Rows of what was said."""
        return Rows([()])

    def say(self, tokens: Any, past: Any, sound: Any) -> None:
        """Note it."""
        past.said = [(*said, int(token)) for said, token in zip(past.said, tokens, strict=True)]

    def step(self, tokens: Any, past: Any, sound: Any) -> Next:
        """The sentence's next letter has 0.9, unless silence is asked; all others share the rest."""
        self.say(tokens, past, sound)
        if sound is not None:
            self.asked.append(past.said)
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


@pytest.mark.parametrize("said", ["stop", "Bring me two tea", "give three cold coffee very large hot"])
def test_what_reads_the_same_is_followed_once(grammar: Grammar, said: str) -> None:
    """ "Give me" and "give me" would take two places among the few that are followed."""
    search, turn = search_of(said)
    search.found(Paths(grammar, encode), turn)
    told = search._decoder
    assert isinstance(told, Told)
    for rows in told.asked:
        read = [spell(row[1:]).lower() for row in rows]
        assert len(read) == len(set(read))


class Hidden(Told):
    """As noise has it: most other letters are likelier than the first of the sentence; the rest is clear."""

    def step(self, tokens: Any, past: Any, sound: Any) -> Next:
        """The first letter comes last but a few."""
        found = super().step(tokens, past, sound)
        for row, said in enumerate(past.said):
            if sound is not None and len(said) == 2:
                found.logits[row, self.wanted[1]] = np.log(0.01)
                found.logits[row, LETTERS.index("a") : LETTERS.index("a") + 20] = np.log(0.02)
        return Next(found.logits, found.columns, np.log(np.exp(found.logits).sum(axis=1)))


def test_a_first_word_that_noise_hid_is_found_by_the_rest(book: Book) -> None:
    """Of 26 beginnings twenty sound likelier than the right one."""
    answers = [f"{letter}{letter}oo" for letter in "abcdefghijklmnopqrstuvwxyz"]
    search = Search(Hidden("wwoo"), [0], np.array([len(LETTERS)]), None, spell)  # type: ignore[arg-type]
    found = search.found(Paths(Grammars(book).of([], answers), encode), search.begun("sound"))  # type: ignore[arg-type]
    assert found[0].phrase == "wwoo"


class Liking(Told):
    """Likes to hear "bring me two cold coffee" anyway, and hears a little more of it than of the tea that was said."""

    def step(self, tokens: Any, past: Any, sound: Any) -> Next:
        """In silence coffee is certain; in the sound it has 0.55 and tea 0.35."""
        found = super().step(tokens, past, sound)
        coffee = encode("bring me two cold coffee")
        for row, said in enumerate(past.said):
            place = len(said) - 1
            follows = place < len(coffee) and said[1:] == coffee[:place]
            if follows:
                found.logits[row, coffee[place]] = np.log(0.9 if sound is None else 0.55)
            if follows and sound is not None and place < len(self.wanted) and self.wanted[place] != coffee[place]:
                found.logits[row, self.wanted[place]] = np.log(0.35)
        return Next(found.logits, found.columns, np.log(np.exp(found.logits).sum(axis=1)))


def test_what_is_liked_anyway_is_taken_off_to_the_end(grammar: Grammar) -> None:
    """Tea and coffee part at the fourteenth token, and coffee is heard a little better, but liked far more."""
    search = Search(Liking("bring me two tea"), [0], np.array([len(LETTERS)]), None, spell)  # type: ignore[arg-type]
    found = search.found(Paths(grammar, encode), search.begun("sound"))  # type: ignore[arg-type]
    assert found[0].phrase.startswith("bring me two tea")


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
