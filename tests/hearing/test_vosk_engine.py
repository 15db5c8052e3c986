"""The real Vosk engine on the Korean model and espeak-ng's Korean voices."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest

from voice.errors import DeviceError
from voice.hearing.recognizer import Recognizer, Transcript, open_recognizer

pytestmark = pytest.mark.audio

Say = Callable[..., npt.NDArray[np.float32]]
WORDS = ["멈춰", "도와줘", "계속", "다시"]
VOICES = ["espeak-ng:ko", "espeak-ng:ko+f3"]


@pytest.fixture(scope="module")
def korean(korean_model: str) -> Iterator[Recognizer]:
    """The engine, knowing our Korean words."""
    recognizer = open_recognizer("vosk", korean_model, WORDS)
    recognizer.wait_ready()
    yield recognizer
    recognizer.close()


def heard(engine: Recognizer, sound: npt.NDArray[np.float32]) -> tuple[list[Transcript], Transcript]:
    """Partial results and the transcript of one turn, fed as the turn detector does."""
    turn, partial = sound[11_200:-12_800], []
    for start in range(0, len(turn), 512):
        partial += engine.feed(turn[start : start + 512])
    engine.settle()
    return partial, engine.finish()[-1]


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("expected", [None, WORDS])
def test_it_hears_our_words(korean: Recognizer, say: Say, voice: str, word: str, expected: list[str] | None) -> None:
    """With a closed set and without, the word is the transcript, and its score is above what counts as heard."""
    korean.expect(expected)
    _, transcript = heard(korean, say(word, voice))
    assert transcript.text == word
    assert transcript.final
    assert korean.score([word])[0].mean > -3.4


@pytest.mark.parametrize("voice", VOICES)
def test_the_same_sound_is_heard_alike_whatever_was_said_before(korean: Recognizer, say: Say, voice: str) -> None:
    """The noise that Kaldi adds begins anew with each turn."""
    korean.expect(None)
    told = []
    for before in (["멈춰"], ["다시", "도와줘"], ["도와줘", "계속", "계속"]):
        for word in before:
            heard(korean, say(word, voice))
            korean.score([word])
        told.append((heard(korean, say("계속", voice))[1], korean.score(["계속"])[0]))
    assert [transcript.text for transcript, _ in told] == ["계속"] * 3
    fits = [(transcript.log_prob, found.total) for transcript, found in told]
    assert fits[1:] == [pytest.approx(fits[0], abs=1e-9)] * 2


def test_partial_results_come_while_somebody_speaks(korean: Recognizer, say: Say) -> None:
    """With a closed set the word is there before the turn is over."""
    korean.expect(WORDS)
    partial, _ = heard(korean, say("멈춰", "espeak-ng:ko"))
    assert any(one.text == "멈춰" and not one.final for one in partial)


def test_other_talk_is_none_of_ours(korean: Recognizer, say: Say) -> None:
    """Another sentence fits none of our words, closed set or not."""
    for expected in (None, WORDS):
        korean.expect(expected)
        _, transcript = heard(korean, say("오늘 날씨가 좋네요", "espeak-ng:ko"))
        assert transcript.text not in WORDS
        assert max(one.mean for one in korean.score(WORDS)) < -3.4


def test_the_word_that_was_said_scores_best(korean: Recognizer, say: Say) -> None:
    """By a margin that a decision can use; words the model lacks never fit."""
    korean.expect(None)
    heard(korean, say("다시", "espeak-ng:ko"))
    scores = [one.mean for one in korean.score([*WORDS, "stop"])]
    assert scores[3] > max(scores[:3]) + 0.8
    assert scores[4] == -20.0


def test_silence_has_no_words(korean: Recognizer) -> None:
    """Nothing is heard in nothing, also where nothing was fed at all."""
    korean.expect(None)
    assert korean.finish()[-1].text == ""
    korean.feed(np.zeros(16_000, np.float32))
    assert korean.finish()[-1].text == ""


def test_unknown_words_are_named(korean_model: str, korean: Recognizer) -> None:
    """English words are unknown to a Korean model; each is named, before anything is listened to."""
    engine = open_recognizer("vosk", korean_model, ["멈춰", "calm down", "stop"])
    with pytest.raises(DeviceError, match=r"does not know: calm, down, stop\."):
        engine.wait_ready()
    engine.close()
    korean.expect(["멈춰", "enough"])
    with pytest.raises(DeviceError, match=r"does not know: enough\."):
        korean.feed(np.zeros(512, np.float32))
    korean.expect(None)
    korean.feed(np.zeros(512, np.float32))
    korean.finish()


def test_a_folder_that_is_no_model_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Named clearly, and nothing crashes."""
    with pytest.raises(DeviceError, match="no Vosk model"):
        open_recognizer("vosk", str(tmp_path), ["stop"]).wait_ready()
