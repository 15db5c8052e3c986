"""The decision from text and sound together."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from voice.understanding.understander import Understander


@dataclass(frozen=True)
class Turn:
    """A transcript as an engine gives it."""

    text: str
    log_prob: float = -0.3
    no_speech: float = 0.02


def decided(
    ours: Understander,
    turn: Turn,
    best: float,
    others: float = -5.0,
    state: str = "idle",
    wanted: str = "help us calm down",
):
    """The decision where ``wanted`` fits the sound with ``best`` and all other candidates with ``others``."""
    shortlist = ours.shortlist(turn.text, state)
    scores = [best if candidate.phrase == wanted else others for candidate in shortlist]
    return ours.decide(turn, shortlist, scores, state), {candidate.phrase for candidate in shortlist}


def test_clear_text_needs_no_scores(ours: Understander) -> None:
    """A sentence that is there is taken without comparing sounds."""
    assert ours.decide(Turn("Help us calm down."), [], [], "idle").practice == "two-minute-reset"


def test_sound_decides_where_text_is_garbled(ours: Understander) -> None:
    """A garbled start counts if it fits the sound well, far better than the others, and nearly as well as the free
    text."""
    turn = Turn("helpers come down", log_prob=-1.2)
    found, phrases = decided(ours, turn, -1.0)
    assert "help us calm down" in phrases
    assert found.practice == "two-minute-reset"


@pytest.mark.parametrize(
    ("turn", "best", "others"),
    [
        (Turn("helpers come down", -1.2), -3.3, -9.0),
        (Turn("helpers come down", -1.2), -1.0, -1.5),
        (Turn("helpers come down", -0.1), -2.4, -9.0),
        (Turn("calm down", -0.2), -2.5, -9.0),
    ],
)
def test_doubt_starts_nothing(ours: Understander, turn: Turn, best: float, others: float) -> None:
    """A poor fit, a near rival, or a much better free text: nothing starts."""
    found, _ = decided(ours, turn, best, others)
    assert found.intent is None
    assert found.why


def test_inventions_on_silence_are_dropped(ours: Understander) -> None:
    """A recognizer that doubts that anybody spoke, and its own words, is not believed."""
    assert ours.decide(Turn("stop", -1.8, 0.9), [], [], "guiding").intent is None


def test_answers_are_a_closed_set(ours: Understander) -> None:
    """Only what was asked for counts, in many ways, and what counts everywhere; calming down may always be asked."""
    asked = ["more", "enough"]
    assert ours.understand("a little more please", "asking", asked).answer == "more"
    assert ours.understand("that's enough", "asking", asked).answer == "enough"
    assert ours.understand("not tonight", "asking", asked).answer is None
    assert ours.understand("help us listen", "asking", asked).intent is None
    assert ours.understand("help us calm down", "asking", asked).practice == "two-minute-reset"
    assert ours.understand("pause", "asking", asked).control == "pause"


def test_an_answer_without_sentences_is_its_own_phrase(ours: Understander) -> None:
    """Words that no file lists can be asked for."""
    assert ours.understand("purple please", "asking", ["purple", "green (light)"]).answer == "purple"
    assert ours.understand("green light", "asking", ["purple", "green (light)"]).answer == "green (light)"
    assert ours.understand("yellow", "asking", ["purple", "green (light)"]).answer is None


def test_a_control_may_be_an_answer(ours: Understander) -> None:
    """Asked for "stop" or "go", "please stop" is the answer "stop"."""
    assert ours.understand("please stop", "asking", ["stop", "go"]).answer == "stop"


def test_danger_counts_in_a_practice_only(ours: Understander) -> None:
    """Films and games are no danger; in a turn it is, also in the middle of other words."""
    assert ours.understand("I'm afraid of you", "idle").intent is None
    for state in ("turn", "guiding", "asking", "paused"):
        assert ours.understand("I'm afraid of you", state).metadata["safety"] == "other"
    assert ours.understand("I'm afraid of you", "asking", ["yes", "no"]).metadata["safety"] == "other"


def test_a_shortlist_is_concrete_and_short(ours: Understander) -> None:
    """Phrases without brackets, each once, at most as many as asked for; also where nothing was made out."""
    for text in ("give us fifteen minutes apart", "", "xyzzy"):
        found = ours.shortlist(text, "idle", most=6)
        phrases = [candidate.phrase for candidate in found]
        assert 0 < len(phrases) <= 6
        assert len(set(phrases)) == len(phrases)
        assert not any(sign in phrase for phrase in phrases for sign in "[](){}<>|")


def test_neighbors_of_a_number_are_candidates(ours: Understander) -> None:
    """What may have been misheard is among the phrases to compare: fifteen beside fifty."""
    phrases = {candidate.phrase for candidate in ours.shortlist("give us fifteen minutes apart", "idle")}
    assert any("fifteen" in phrase for phrase in phrases)
    assert any("fifty" in phrase for phrase in phrases)
