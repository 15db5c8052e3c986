"""The classifier of paraphrases: what it says is a distribution, is kept by a file, and changes nothing elsewhere."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.guiding.lines import lines_of
from voice.guiding.practice import load_practices
from voice.understanding.evidence import features, probability
from voice.understanding.intents import load_intents
from voice.understanding.meanings import IDLE_STATES
from voice.understanding.paraphrases import LABEL_NOTHING, Paraphrases, load
from voice.understanding.sentence_files import read_sentences
from voice.understanding.understander import Understander

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def trained() -> Paraphrases:
    """The weights that ship."""
    return load()


@given(st.lists(st.text("abcdefgh ", max_size=8), max_size=10))
def test_odds_are_a_distribution(trained: Paraphrases, words: list[str]) -> None:
    """Whatever is said, probabilities are between 0 and 1 and sum to 1."""
    odds = trained.odds(words)
    assert all(0.0 <= chance <= 1.0 for chance in odds.values())
    assert sum(odds.values()) == pytest.approx(1.0, abs=1e-4)


def test_what_is_learnt_from_is_what_is_asked(trained: Paraphrases) -> None:
    """The features used in training give the same answer as the short cut used in talk."""
    words = ("guide", "the", "two", "of", "us", "zorp")
    hidden = np.maximum(trained.features(words) @ trained.layers[0][:] + trained.layers[1], 0)
    sums = hidden @ trained.layers[2] + trained.layers[3]
    odds = np.exp(sums - sums.max())
    assert list(trained.odds(words).values()) == pytest.approx((odds / odds.sum()).tolist(), abs=1e-4)


def test_a_file_keeps_it(trained: Paraphrases, tmp_path: Path) -> None:
    """Saved and read again, it says the same."""
    trained.save(tmp_path / "again.npz")
    again = load(tmp_path / "again.npz")
    words = ("take", "the", "heat", "out")
    assert list(again.odds(words).values()) == pytest.approx(list(trained.odds(words).values()), abs=1e-3)
    assert (again.meant, again.names) == (trained.meant, trained.names)
    assert again.trust == pytest.approx(trained.trust)


def test_what_ships_stays_packed() -> None:
    """Its largest matrices would take 6 MB as numbers, and take a quarter of that as bytes."""
    tracemalloc.start()
    try:
        kept = load()
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept.vectors.shape == (len(kept.words), 50)
    assert size < 5e6


@pytest.mark.parametrize("state", [state for state in IDLE_STATES if state != "idle"])
def test_help_is_found_whenever_nothing_runs(ours: Understander, state: str) -> None:
    """Of what starts a practice in other words, nearly all does so too within the hour after one, while the two are
    apart, and when they meet again; and look-alikes start nothing more."""
    told = read_sentences(ROOT / "benchmarks" / "understanding" / "blind.yaml").data
    for practice, sentences in told.items():
        idle = [text for text in sentences if ours.understand(text, "idle").practice is not None]
        found = [text for text in sentences if ours.understand(text, state).practice is not None]
        assert len(set(idle) ^ set(found)) <= 1, (practice, set(idle) ^ set(found))


def test_it_knows_our_intents_only(trained: Paraphrases, ours: Understander, tmp_path: Path) -> None:
    """Each label is an intent of ours; sentence files of another domain are left to their own sentences."""
    assert set(trained.names) - {LABEL_NOTHING} <= set(ours.intents.names)
    (tmp_path / "x.yaml").write_text(
        'language: en\nintents:\n  X:\n    data:\n      - sentences: ["open the door"]\n', encoding="utf-8"
    )
    other = Understander(load_intents([tmp_path]))
    assert other.understand("help us find some calm", "idle").intent is None


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_evidence_is_a_probability(label: float, nothing: float, template: float, same: bool) -> None:
    """Any features give a number between 0 and 1."""
    values = features(("help", "us"), label, nothing, template, same, {"help"})
    assert 0.0 <= probability(values, [1.0] * (len(values) + 1)) <= 1.0


@pytest.mark.parametrize("state", ["turn", "asking"])
def test_paraphrases_do_not_count_in_talk(ours: Understander, state: str) -> None:
    """While a partner tells something, or an answer is awaited, only sentences count."""
    assert ours.understand("guide the two of us through some slow breaths", state).intent is None


@pytest.mark.parametrize("said", ["add marmalade to my toolkit", "take the zeppelin off my list"])
def test_a_paraphrase_needs_the_values_that_its_sentences_need(ours: Understander, said: str) -> None:
    """Words that are no tool are kept nowhere, and nothing is said about a tool without a name."""
    found = ours.understand(said, "idle")
    assert found.intent is None or found.slots.get("tool")


def test_needed_are_the_values_that_no_sentence_of_an_intent_leaves_out(ours: Understander) -> None:
    """Alternatives and optional parts are not needed."""
    assert ours.intents.needed("ToolkitAdd") == {"tool"}
    assert ours.intents.needed("TimeOut") == frozenset()


def test_what_the_guide_says_itself_is_no_wish(ours: Understander) -> None:
    """However it is heard: played by another device, or said after it, a line of a practice starts nothing."""
    for line in ("I'm here, two minutes, for whoever likes, breathing.", "One fear and what you would like to adjust."):
        assert Understander(ours.intents).understand(line, "idle").starts, "else this shows nothing"
        assert not ours.understand(line, "idle").starts


def test_no_line_of_ours_starts_a_practice_but_by_its_name(ours: Understander) -> None:
    """Read word for word, what practices say starts nothing, unless it is a sentence of ours: "say: debrief"."""
    taken = [line for line in lines_of(load_practices([ROOT / "scripts"]).values()) if guessed(ours, line)]
    assert taken == []


def guessed(ours: Understander, line: str) -> bool:
    """Whether a line is taken for a start by anything but a sentence."""
    found = ours.understand(line, "idle")
    return found.starts and found.guessed
