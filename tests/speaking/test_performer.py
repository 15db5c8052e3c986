"""What the performer reports of a timeline, and what becomes of it when it is stopped, held, lost and changed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.speaking.test_backgrounds import BLOCK, RATE, Hum
from voice.events import Beat, Cue, Event, Finished, Silenced
from voice.guiding import timeline as plan
from voice.speaking.mixer import Mixer
from voice.speaking.performer import FADE_MS, HORIZON_MS, Performer
from voice.speaking.voice import Voice

FIRST, SECOND = plan.Speech("You are safe here."), plan.Speech("Look around, slowly.")
SAID = plan.Timeline((plan.Cue(1000, 500, FIRST), plan.Cue(3000, 500, SECOND)), (), 5000)
BESIDE = plan.Timeline((plan.Cue(100, 500, plan.Speech("Three minutes are left.")),), (), 1000)
FADE_S = FADE_MS / 1000


@pytest.fixture
def playing() -> Performer:
    """One that has nothing to do yet."""
    return Performer(Mixer(RATE), Voice(RATE, renderer=Hum()), RATE, "lost")


def run(playing: Performer, start_s: float, end_s: float) -> list[Event]:
    """What is reported while it is played from one second to another."""
    told = []
    for frame in range(round(start_s * RATE), round(end_s * RATE), BLOCK):
        told += playing.played(frame + BLOCK)
        playing.place_until(frame + BLOCK)
    return told


def loudest(playing: Performer, start_s: float, end_s: float) -> float:
    """The largest sample from one second to another."""
    return float(np.max(np.abs(playing.mixer.render(round(start_s * RATE), round((end_s - start_s) * RATE)))))


def told_words(told: list[Event]) -> list[tuple[str, float, float]]:
    """Words with their begin and end, seconds."""
    return [(event.text, event.start, event.end) for event in told if isinstance(event, Cue)]


def test_every_sound_is_reported_once_with_its_time_and_the_end_comes_last(playing: Performer) -> None:
    """Wherever on the output clock it began."""
    playing.play(SAID, 2 * RATE)
    assert playing.busy
    told = run(playing, 2.0, 10.0)
    assert told_words(told) == [
        (FIRST.text, pytest.approx(3.0), pytest.approx(3.5)),
        (SECOND.text, pytest.approx(5.0), pytest.approx(5.5)),
    ]
    assert told[-1] == Finished(t=7.0)
    assert [isinstance(event, Finished) for event in told].count(True) == 1
    assert not playing.busy


def test_stop_is_silence_and_tells_how_long_a_word_sounded(playing: Performer) -> None:
    """What had not begun is not reported, nor an end; the next "stop" has nothing to silence."""
    playing.play(SAID, 0)
    run(playing, 0.0, 1.2)
    playing.hush(round(1.2 * RATE), "stop")
    told = run(playing, 1.2, 8.0)
    assert told_words(told) == [(FIRST.text, pytest.approx(1.0), pytest.approx(1.2 + FADE_S))]
    assert [event for event in told if not isinstance(event, Cue)] == [
        Silenced(t=pytest.approx(1.2 + FADE_S), why="stop")
    ]
    assert loudest(playing, 1.2 + FADE_S + 0.01, 8.0) == 0.0
    assert [said.end_s for said in playing.said] == [pytest.approx(1.2 + FADE_S)]
    playing.hush(8 * RATE, "stop")
    assert run(playing, 8.0, 9.0) == []


def test_stop_in_a_pause_forgets_what_was_held(playing: Performer) -> None:
    """And says that it is silent; going on begins nothing."""
    playing.play(SAID, 0)
    run(playing, 0.0, 1.2)
    playing.hold(round(1.2 * RATE))
    run(playing, 1.2, 2.0)
    playing.hush(2 * RATE, "stop")
    assert run(playing, 2.0, 3.0) == [Silenced(t=pytest.approx(2.0 + FADE_S), why="stop")]
    playing.resume(3 * RATE)
    assert run(playing, 3.0, 9.0) == [Finished(t=3.0)]
    assert loudest(playing, 2.0 + FADE_S + 0.01, 9.0) == 0.0


def test_after_an_answer_beside_it_goes_on_where_it_was(playing: Performer) -> None:
    """A sentence from its beginning; what is said beside it is forgotten if it is held itself."""
    for held_again in (False, True):
        start_s = 20.0 * held_again
        playing.play(SAID, round(start_s * RATE))
        run(playing, start_s, start_s + 3.2)
        playing.hold(round((start_s + 3.2) * RATE))
        assert playing.left_s(round((start_s + 3.2) * RATE)) == pytest.approx(2.0)
        playing.play_beside(BESIDE, round((start_s + 4) * RATE))
        run(playing, start_s + 4.0, start_s + (4.3 if held_again else 6.0))
        if held_again:
            playing.hold(round((start_s + 4.3) * RATE))
        playing.resume(round((start_s + 6) * RATE))
        told = run(playing, start_s + 6.0, start_s + 10.0)
        words = [one for one in told_words(told) if one[1] > start_s + 5]
        assert words == [(SECOND.text, pytest.approx(start_s + 6.0), pytest.approx(start_s + 6.5))]
        assert told[-1] == Finished(t=pytest.approx(start_s + 8.0))


def test_a_loudspeaker_that_was_gone_goes_on_with_what_played(playing: Performer) -> None:
    """Also with what was said beside, after which what was held is still there."""
    playing.play(SAID, 0)
    run(playing, 0.0, 1.2)
    playing.hold(round(1.2 * RATE))
    playing.play_beside(BESIDE, 2 * RATE)
    run(playing, 2.0, 2.3)
    playing.interrupt(round(2.3 * RATE))
    run(playing, 2.3, 5.0)
    playing.restore(5 * RATE)
    told = run(playing, 5.0, 7.0)
    assert told_words(told)[-1] == ("Three minutes are left.", pytest.approx(5.0), pytest.approx(5.5))
    assert told[-1] == Finished(t=pytest.approx(5.9))
    playing.resume(7 * RATE)
    assert [text for text, *_ in told_words(run(playing, 7.0, 12.0))] == [FIRST.text, SECOND.text]


def test_what_came_back_can_be_held_like_any_other(playing: Performer) -> None:
    """It is no answer beside something, to be forgotten."""
    playing.play(SAID, 0)
    run(playing, 0.0, 1.2)
    playing.interrupt(round(1.2 * RATE))
    playing.restore(5 * RATE)
    run(playing, 5.0, 5.2)
    playing.hold(round(5.2 * RATE))
    run(playing, 5.2, 8.0)
    playing.resume(8 * RATE)
    assert [text for text, *_ in told_words(run(playing, 8.0, 13.0))] == [FIRST.text, SECOND.text]


def test_nothing_is_placed_further_ahead_than_the_horizon(playing: Performer) -> None:
    """So that stepping back, ending and going slower change all that comes after it."""
    playing.play(SAID, 0)
    for frame_ms in range(0, 5000, 10):
        playing.place_until(frame_ms * RATE // 1000)
        assert len(playing.mixer) == sum(cue.onset_ms < frame_ms + HORIZON_MS for cue in SAID.cues)


def test_stepping_back_takes_the_words_that_are_not_placed(playing: Performer) -> None:
    """The tone after them stays, softer by as much."""
    tone = plan.Cue(4000, 500, plan.Clip("soft-tone"))
    for step_db in (0.0, -6.0):
        start_s = 20.0 if step_db else 0.0
        playing.play(plan.Timeline((*SAID.cues, tone), (), 6000), round(start_s * RATE))
        told = run(playing, start_s, start_s + 1.2)
        if step_db:
            playing.step_back(round((start_s + 1.2) * RATE), step_db)
        told += run(playing, start_s + 1.2, start_s + 7.0)
        words = [text for text, *_ in told_words(told)]
        assert words == ([FIRST.text, "soft-tone"] if step_db else [FIRST.text, SECOND.text, "soft-tone"])
    usual, softer = loudest(playing, 4.0, 6.0), loudest(playing, 24.0, 26.0)
    assert softer == pytest.approx(usual * 10 ** (-6 / 20), rel=1e-3)


def test_ducking_choosing_and_night_add_up(playing: Performer) -> None:
    """A duck goes down before a word is over and leaves alone what they chose; 0 takes it back."""
    steady = np.full(20 * RATE, 0.1, np.float32)
    playing.mixer.place(steady, 0)

    def level_db(second: float) -> float:
        return 20 * float(np.log10(playing.mixer.render(round(second * RATE), 1)[0] / 0.1))

    playing.volume(RATE, -3.0)
    playing.volume(2 * RATE, -3.0)
    playing.soften(3 * RATE, -4.0)
    playing.duck(4 * RATE, -15.0)
    playing.duck(6 * RATE, 0.0)
    assert level_db(0.9) == pytest.approx(0.0)
    assert level_db(4.0) == pytest.approx(-10.0, abs=0.1)
    assert level_db(4.05) == pytest.approx(-25.0, abs=0.01)
    assert level_db(6.1) < -12.0
    assert level_db(6.3) == pytest.approx(-10.0, abs=0.01)


def test_the_last_words_are_no_number(playing: Performer) -> None:
    """ "What?" repeats a sentence, not "three"; a beat is reported on its frame."""
    beat = plan.Beat(2000, "in", 3, 1)
    cues = (plan.Cue(500, 500, FIRST), plan.Cue(2000, 300, plan.Speech("three")))
    playing.play(plan.Timeline(cues, (beat,), 4000), RATE)
    told = run(playing, 1.0, 6.0)
    assert playing.last_said == FIRST.text
    assert [event.t for event in told if isinstance(event, Beat)] == [3.0]


def test_the_last_words_are_those_that_somebody_has_heard(playing: Performer) -> None:
    """Not those that are placed already, also where they are never said since they are held; and what repeats words
    leaves the last words as they were, also after the loudspeaker was gone.
    """
    playing.play(SAID, 0)
    run(playing, 0.0, 2.8)
    assert [said.text for said in playing.said] == [FIRST.text, SECOND.text]
    assert playing.last_said == FIRST.text
    playing.hold(round(2.8 * RATE))
    run(playing, 2.8, 4.0)
    assert playing.last_said == FIRST.text
    playing.play_beside(BESIDE, 4 * RATE, again=True)
    run(playing, 4.0, 4.05)
    playing.interrupt(round(4.05 * RATE))
    playing.restore(5 * RATE)
    assert "Three minutes are left." in [text for text, *_ in told_words(run(playing, 5.0, 7.0))]
    assert playing.last_said == FIRST.text
    playing.resume(7 * RATE)
    run(playing, 7.0, 8.0)
    assert playing.last_said == SECOND.text


def test_slower_loses_no_beat_that_is_mixed_and_not_yet_heard(playing: Performer) -> None:
    """What is changed is what comes; what is played is reported when it is heard, some tenths of a second later."""
    late = round(0.4 * RATE)
    beats = tuple(plan.Beat(1000 * n, "in" if n % 2 == 0 else "out", 1, n // 2 + 1) for n in range(12))
    playing.play(plan.Timeline((plan.Cue(2100, 100, plan.Speech("one")),), beats, 12_000), 0)
    told: list[Event] = []
    for frame in range(0, 20 * RATE, BLOCK):
        told += playing.played(max(0, frame - late))
        playing.place_until(frame)
        if frame == round(2.3 * RATE):
            playing.stretch(frame, 1.15)
    onsets = [event.t for event in told if isinstance(event, Beat)]
    assert onsets == pytest.approx([0, 1, 2, 3, *(4 + 1.15 * n for n in range(8))])
    assert told_words(told) == [("one", pytest.approx(2.1), pytest.approx(2.2))]


def test_it_ends_with_the_breath_that_sounds_or_with_the_next_where_that_is_placed(playing: Performer) -> None:
    """Whatever frame the practice began at; no beat comes after it."""
    beats = tuple(plan.Beat(1000 * n, "in" if n % 2 == 0 else "out", 1, n // 2 + 1) for n in range(12))
    for number, (asked_s, ends_s) in enumerate([(2.3, 4.0), (3.8, 6.0)]):
        start_s = 20.0 * number + 5.0
        playing.play(plan.Timeline((), beats, 12_000), round(start_s * RATE))
        run(playing, start_s, start_s + asked_s)
        playing.end_after_breath(round((start_s + asked_s) * RATE))
        told = run(playing, start_s + asked_s, start_s + 14.0)
        assert told[-1] == Finished(t=pytest.approx(start_s + ends_s))
        assert max(event.t for event in told[:-1]) < start_s + ends_s


def test_a_soft_sound_is_heard_told_and_stopped(playing: Performer) -> None:
    """Where nothing plays, too: it is not over until it is told, and "stop" silences it."""
    playing.sound("soft-tone", RATE)
    assert playing.busy
    assert loudest(playing, 0.0, 1.0) == 0.0
    assert loudest(playing, 1.0, 2.0) > 0.01
    ((name, begin_s, end_s),) = told_words(run(playing, 1.0, 10.0))
    assert (name, begin_s) == ("soft-tone", pytest.approx(1.0))
    assert end_s > 1.2
    assert not playing.busy
    playing.sound("soft-tone", 10 * RATE)
    run(playing, 10.0, 10.1)
    playing.hush(round(10.1 * RATE), "stop")
    told = run(playing, 10.1, 20.0)
    assert told_words(told) == [("soft-tone", pytest.approx(10.0), pytest.approx(10.1 + FADE_S))]
    assert Silenced(t=pytest.approx(10.1 + FADE_S), why="stop") in told
    assert loudest(playing, 10.1 + FADE_S + 0.01, 20.0) == 0.0
