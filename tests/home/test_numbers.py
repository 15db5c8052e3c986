"""The numbers to call: said in every country and language, and nothing is in their way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from voice.app import FILE_RATE, Options, build_session, load_content, prepare_now
from voice.content import folders
from voice.drives.virtual import VirtualClock
from voice.events import Cue, Event
from voice.guiding.responses import Responses, load_responses
from voice.guiding.settings import Settings
from voice.guiding.steps import LONGEST_SENTENCE, Say
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice
from voice.understanding.intents import load_intents
from voice.understanding.understander import Understander

ROOT = Path(__file__).parents[2]
ENGLISH = load_responses([ROOT / "intents"])
GERMAN = load_responses([ROOT / "intents", ROOT / "intents" / "de"])
COUNTRIES = sorted(set(ENGLISH.all("CrisisNumber")) - {"default"})


@pytest.mark.parametrize("country", [None, "IS", *COUNTRIES])
@pytest.mark.parametrize("words", ["I want to die", "he hits me", "call an ambulance"])
def test_whoever_speaks_of_danger_is_answered_wherever_they_live(country: str | None, words: str) -> None:
    """In a practice, with the real voice: the answer is said to its end, however long the number."""
    content, voice, events = load_content(Options()), Voice(FILE_RATE), list[Event]()
    content = replace(content, settings=Settings(country=country))
    session = build_session(content, voice, Mixer(FILE_RATE), FILE_RATE, prepare_now, events.append)
    clock = VirtualClock(session, None)
    session.read("help us listen")
    clock.step()
    session.read(words)
    asked_s = session.now_s
    while session.now_s < asked_s + 30:
        clock.step()
    voice.close()
    said = " ".join(event.text for event in events if isinstance(event, Cue) and event.start >= asked_s)
    named = [ENGLISH.get(kind, country or "default") for kind in ("EmergencyNumber", "CrisisNumber")]
    wanted = ["say: numbers"] if words == "he hits me" else named  # the other is listening
    assert any(one.lower() in said.lower() for one in wanted), said


@pytest.mark.parametrize("responses", [ENGLISH, GERMAN], ids=["en", "de"])
def test_a_country_without_numbers_is_told_to_call_its_own(responses: Responses) -> None:
    """Nothing is said in a circle ("somebody to talk to: your emergency number")."""
    told = Settings(country="IS").whom_to_call(responses)
    assert told == responses.get("WhoToCall", "unknown")


@pytest.mark.parametrize(("responses", "language"), [(ENGLISH, "en"), (GERMAN, "de")], ids=["en", "de"])
def test_without_a_country_it_is_told_how_to_set_one(responses: Responses, language: str) -> None:
    """By the very words that set it."""
    told = Settings().whom_to_call(responses)
    assert told.startswith(responses.get("WhoToCall", "unknown"))
    understander = Understander(load_intents(folders("intents", language=language)))
    understood = understander.understand(told.rpartition(": ")[2], "idle")
    assert (understood.practice, understood.slots.get("setting")) == ("settings", "country")


def test_what_is_put_together_while_it_runs_may_be_long() -> None:
    """The limits of a sentence are for authors."""
    text = " ".join(["word"] * (LONGEST_SENTENCE + 1)) + "." + "x" * 300
    assert Say.composed(text).text == text
    with pytest.raises(ValueError, match="words; write at most"):
        Say(text=text[: text.index(".")])
