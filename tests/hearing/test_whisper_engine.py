"""The real Whisper engine on synthetic English voices."""

from __future__ import annotations

import gc
import struct
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil
import pytest

from voice.errors import DeviceError
from voice.hearing import whisper_writer
from voice.hearing.engines import ChildRecognizer
from voice.hearing.models import find_whisper, second_to
from voice.hearing.recognizer import Recognizer, Transcript, open_recognizer
from voice.hearing.whisper_decoder import Decoder
from voice.hearing.whisper_engine import WhisperEngine
from voice.hearing.whisper_weights import MODEL, VERSION
from voice.understanding.intents import load_intents
from voice.understanding.understander import Understander

pytestmark = pytest.mark.audio

ROOT = Path(__file__).parents[2]

Say = Callable[..., npt.NDArray[np.float32]]
VOICES = ["espeak-ng:en-us", "espeak-ng:en-gb+f3", "flite:slt", "flite:rms", "piper:joe"]
RIVALS = ["stop", "pause", "go on", "again", "slower", "faster", "skip", "how long"]


def turn_of(sound: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The sound with 300 ms before it and 200 ms after, as the turn detector cuts it."""
    return sound[11_200:-12_800]


def heard(engine: Recognizer, turn: npt.NDArray[np.float32]) -> Transcript:
    """One turn's transcript."""
    for start in range(0, len(turn), 5000):
        assert engine.feed(turn[start : start + 5000]) == []
    return engine.finish()[-1]


@pytest.mark.parametrize("voice", VOICES)
def test_it_hears_the_start_phrase(whisper: Recognizer, say: Say, voice: str) -> None:
    """Most of the words are right in every voice, and no engine doubts that somebody spoke."""
    transcript = heard(whisper, turn_of(say("help us calm down", voice)))
    words = {"help", "us", "calm", "down"} & set(transcript.text.lower().strip(".").replace(",", "").split())
    assert len(words) >= 2
    assert transcript.final
    assert -2.0 < transcript.log_prob < 0.0
    assert transcript.no_speech < 0.6


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("word", ["stop", "go on", "how long"])
def test_the_phrase_that_was_said_scores_best(whisper: Recognizer, say: Say, voice: str, word: str) -> None:
    """Among our controls the right one fits the sound best, and well enough."""
    heard(whisper, turn_of(say(word, voice)))
    scores = {one.phrase: one.mean for one in whisper.score(RIVALS)}
    assert max(scores, key=lambda phrase: scores[phrase]) == word
    assert scores[word] > -3.4


def test_the_same_turn_gives_the_same_numbers(whisper: Recognizer, say: Say) -> None:
    """Transcripts and scores are equal to the last digit: early or late, in any blocks, with another turn between."""
    turn = turn_of(say("help us calm down"))
    first = heard(whisper, turn), whisper.score(RIVALS)
    heard(whisper, turn_of(say("stop")))
    whisper.feed(turn[:9000])
    whisper.settle()
    whisper.feed(turn[9000:])
    whisper.settle()
    assert (whisper.finish()[-1], whisper.score(RIVALS)) == first


def test_a_transcript_tells_what_else_it_may_have_been(whisper: Recognizer, say: Say) -> None:
    """Of a clear sentence little; all shares together are one."""
    sure = heard(whisper, turn_of(say("the kitchen was full of dishes again", "espeak-ng:en-us")))
    assert sure.likely[0][0] == sure.text
    assert sum(share for text, share in sure.likely if text.strip(".!").lower().endswith("again")) > 0.9
    unsure = heard(whisper, turn_of(say("it made me angry because", "flite:slt"))).likely
    assert any(text.strip(".").endswith("cause") for text, _ in unsure)
    assert sum(share for _, share in unsure) == pytest.approx(1.0, abs=0.01)


def test_a_second_network_has_an_opinion_of_the_same_turn(whisper: Recognizer, say: Say) -> None:
    """Base, beside tiny.en: its texts, likeliest first, whose shares make one, and how well phrases fit; scores stay
    those of the first."""
    turn = turn_of(say("help us calm down", "piper:joe"))
    heard(whisper, turn)
    scores = whisper.score(RIVALS)
    opinion = whisper.second(["help us calm down", *RIVALS])
    assert opinion is not None
    texts, (written, said, *rivals) = opinion.texts, opinion.found
    assert texts[0][0].strip(" .").lower() == "help us calm down"
    assert [one.phrase for one in rivals] == list(RIVALS)
    assert (said.total, said.tokens) == (pytest.approx(written.total, abs=0.05), written.tokens)
    assert all(one.total < said.total - 3.0 for one in rivals)
    assert sum(share for _, share in texts) == pytest.approx(1.0, abs=0.01)
    assert [share for _, share in texts] == sorted((share for _, share in texts), reverse=True)
    assert whisper.score(RIVALS) == scores


def test_a_second_network_may_be_asked_again(whisper: Recognizer, say: Say) -> None:
    """About the same turn it thinks the same; about the next, something else."""
    heard(whisper, turn_of(say("help us calm down", "piper:joe")))
    first, more = whisper.second(["stop"]), whisper.second(["stop", *RIVALS])
    assert first is not None
    assert more is not None
    assert (more.texts, more.found[:2]) == (first.texts, first.found)
    heard(whisper, turn_of(say("stop", "piper:joe")))
    after = whisper.second(["stop"])
    assert after is not None
    assert after.texts != first.texts
    assert after.found[1].total > first.found[1].total + 3.0


def test_without_its_second_network_it_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One that cannot be read is told once, and no turn is lost for it."""
    engine = WhisperEngine(str(find_whisper()), str(tmp_path))
    engine.feed(np.random.default_rng(2).normal(0, 0.01, 16_000).astype(np.float32))
    engine.finish()
    assert engine.second(["stop"]) is None
    assert engine.second(["stop"]) is None
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "turns in doubt are decided without the second network"
    ]


def test_nothing_fed_is_nothing_heard(whisper: Recognizer) -> None:
    """A turn without samples has no words, and no phrase fits it."""
    assert whisper.finish()[-1].text == ""
    assert [one.mean for one in whisper.score(["stop"])] == [-20.0]
    assert whisper.score([]) == []
    assert whisper.second(["stop"]) is None


def test_many_phrases_are_scored_in_order(whisper: Recognizer, say: Say) -> None:
    """The same phrase has the same score wherever it stands, but for rounding."""
    heard(whisper, turn_of(say("stop")))
    scores = [one.mean for one in whisper.score([*RIVALS, *RIVALS, "stop"])]
    assert scores[: len(RIVALS)] == pytest.approx(scores[len(RIVALS) : -1], abs=0.05)
    assert scores[-1] == pytest.approx(scores[0], abs=0.05)


def test_phrases_are_found_in_the_sound(whisper: Recognizer, say: Say) -> None:
    """Held to our sentences it finds what was said first, worth at least as much as that phrase scored by itself."""
    ours = Understander(load_intents([ROOT / "intents"]))
    heard(whisper, turn_of(say("help us calm down", "flite:slt")))
    found = whisper.search(ours.grammar("idle"))
    assert found[0].phrase == "help us calm down"
    again = whisper.score(["help us calm down"])[0]
    assert found[0].total >= again.total - 0.01
    assert found[0].prior < found[0].total


def test_it_stays_small(whisper: ChildRecognizer) -> None:
    """At most 325 MB with everything loaded and used; a third of it is the decoder that is held to a network."""
    assert psutil.Process(whisper.pid).memory_full_info().pss < 325e6


def test_what_rested_hears_the_same(say: Say) -> None:
    """To the last digit; meanwhile the decoder's 50 MB are free."""
    engine = WhisperEngine(str(find_whisper()))
    turn = turn_of(say("help us calm down"))
    engine.feed(turn)
    before = engine.finish(), engine.score(RIVALS)
    weights = weakref.ref(engine._decoder._weights.get())
    engine.rest()
    gc.collect()
    assert weights() is None
    engine.feed(turn)
    assert (engine.finish(), engine.score(RIVALS)) == before


def test_a_model_that_is_gone_after_a_rest_is_told_and_may_come_back(tmp_path: Path) -> None:
    """As where a new process does not find it: no bug, and no end."""
    for path in find_whisper().iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    decoder = Decoder(tmp_path)
    decoder.rest()
    (tmp_path / MODEL).rename(tmp_path / "elsewhere")
    with pytest.raises(DeviceError, match="cannot be read"):
        decoder.begin()
    (tmp_path / "elsewhere").rename(tmp_path / MODEL)
    assert decoder.begin().tokens == 0


def test_a_damaged_model_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """What CTranslate2 cannot read is named, without a traceback."""
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_text("{}")
    engine = open_recognizer("whisper", str(tmp_path), [])
    with pytest.raises(DeviceError, match="cannot be read"):
        engine.wait_ready()
    engine.close()


def test_a_model_that_only_the_search_cannot_read_is_refused(tmp_path: Path) -> None:
    """CTranslate2 reads older files too."""
    for path in find_whisper().iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / MODEL).open("r+b") as file:
        file.write(struct.pack("<I", VERSION - 1))
    with pytest.raises(DeviceError, match=f"cannot be read .*version {VERSION - 1}"):
        WhisperEngine(str(tmp_path))


def test_a_model_with_other_ears_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The large ones from version 3 on see sound in more bands than ours."""
    monkeypatch.setattr(whisper_writer, "BANDS", 128)
    with pytest.raises(DeviceError, match="sees 80 bands, not 128"):
        WhisperEngine(str(find_whisper()))


def test_a_second_network_begins_beside_the_search(say: Say) -> None:
    """It thinks the same of a turn then; and of the words that came after all, what it thinks of all of them."""
    folder = find_whisper()
    engine = WhisperEngine(str(folder), second_to(folder))
    grammar = Understander(load_intents([ROOT / "intents"])).grammar("idle")
    engine.learn(grammar)
    turn = turn_of(say("start the kettle", "piper:joe"))
    engine.feed(turn)
    engine.finish()
    after = engine.second(["start the debrief"])
    for before in (turn, turn[: len(turn) // 2]):
        engine.feed(before)
        engine.settle(grammar.key)
        if len(before) < len(turn):
            engine.feed(turn[len(before) :])
        engine.finish()
        beside = engine.second(["start the debrief"])
        assert after is not None
        assert beside is not None
        assert beside.texts == after.texts
        assert [one.total for one in beside.found] == pytest.approx([one.total for one in after.found], abs=0.01)
