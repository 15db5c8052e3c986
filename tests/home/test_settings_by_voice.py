"""Every sentence of the settings table changes its setting in the file, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from voice.app import Content, Options, build_session, load_content, prepare_now
from voice.drives.virtual import VirtualClock
from voice.events import Cue, Error, Event
from voice.keeping.clock import clock_at, clock_from
from voice.keeping.opening import passing_keeper
from voice.keeping.setting_wishes import others_here
from voice.keeping.settings import load_values
from voice.keeping.settings_file import change
from voice.keeping.settings_table import ROWS
from voice.session import Session
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice

RATE = 16_000
DONE = "All right. It counts from my next start."
NOW = "All right. It counts from now on."


@pytest.fixture(scope="module")
def content() -> Content:
    """The built-in practices and intents."""
    return load_content(Options())


@pytest.fixture(scope="module")
def voice() -> Iterator[Voice]:
    """The real synthesizer."""
    voice = Voice(RATE)
    yield voice
    voice.close()


class Talk:
    """One typed conversation whose settings lie in a folder of its own."""

    def __init__(self, content: Content, voice: Voice, path: Path) -> None:
        """Begin in a silent room, in the evening."""
        self.events: list[Event] = []
        clock = clock_from(clock_at("2026-03-25T20:30[Europe/Berlin]"))
        keeper = passing_keeper(content.responses, content.titles, clock)
        keeper.settings_path, keeper.others = path, lambda key: ["a first one", "a second one", "en", "de"]
        self.session: Session = build_session(
            content, voice, Mixer(RATE), RATE, prepare_now, self.events.append, keeper
        )
        self.clock = VirtualClock(self.session, None)

    def say(self, line: str, wait: int = 50) -> list[str]:
        """What is said to this line until words are awaited again, or ``wait`` blocks have passed."""
        before = len(self.events)
        self.session.read(line)
        for step in range(2000):
            self.clock.step()
            if step > wait and self.session.conversation.awaiting and not self.session.performer.busy:
                break
        return [event.text for event in self.events[before:] if isinstance(event, Cue) and event.kind == "speak"]


@pytest.fixture
def talk(content: Content, voice: Voice, tmp_path: Path) -> Talk:
    """A fresh conversation."""
    return Talk(content, voice, tmp_path / "settings.yaml")


CHANGES = {
    "we live in germany": ("country", "DE"),
    "we live in austria": ("country", "AT"),
    "speak german from now on": ("language", "de"),
    "speak english from now on": ("language", "en"),
    "always ask us for numbers": ("numbers", "on"),
    "never ask us for numbers": ("numbers", "off"),
    "quiet hours from ten to seven": ("quiet_hours", ["22:00", "07:00"]),
    "no quiet hours": ("quiet_hours", "off"),
    "be patient for thirty minutes": ("patience", 30),
    "use the other voice from now on": ("voice", "a first one"),
    "always speak slower": ("pace", 130),
    "always speak faster": ("pace", 150),
    "always be softer": ("volume", -3),
    "always be louder": ("volume", 3),
    "breathe with the sea from now on": ("cues", "sea"),
    "breathe with the tone from now on": ("cues", "tone"),
    "play rain under our breathing from now on": ("background", "rain"),
    "play nothing under our breathing from now on": ("background", "none"),
    "speak softly at night from now on": ("night", "auto"),
    "speak as usual at night from now on": ("night", "off"),
    "use the other microphone from now on": ("microphone", "a first one"),
    "use the other loudspeaker from now on": ("loudspeaker", "a first one"),
    "always take your own voice out": ("echo", "ours"),
    "the computer takes your voice out": ("echo", "device"),
    "never take your own voice out": ("echo", "off"),
    "find out about the echo yourself": ("echo", "auto"),
    "forget our names": ("names", None),
}


@pytest.mark.parametrize("words", CHANGES)
def test_a_sentence_changes_its_setting(talk: Talk, tmp_path: Path, words: str) -> None:
    """Written at once, for the next start; where one lives counts from now on."""
    key, value = CHANGES[words]
    assert (NOW if key == "country" else DONE) in talk.say(words)
    assert load_values(tmp_path / "settings.yaml")[key] == value


def test_who_says_where_they_live_hears_the_numbers_at_once(talk: Talk) -> None:
    """They were just told that this is how to hear them, and may need them now."""
    assert "In danger, call your emergency number. For numbers, say for example: we live in Canada." in talk.say(
        "numbers"
    )
    assert NOW in talk.say("we live in canada")
    assert any("9 1 1" in line and "9 8 8" in line for line in talk.say("numbers"))


def test_every_way_by_voice_of_the_table_is_tested() -> None:
    """Rituals are set by their own practice, names are asked for, and tonight is no setting."""
    ways = {way for row in ROWS for way in row.says}
    assert ways - set(CHANGES) == {
        "remind us to hug every evening at six",
        "learn our names",
        "speak softly tonight",
    }


def test_names_are_read_back_before_they_are_kept(talk: Talk, tmp_path: Path) -> None:
    """A no keeps nothing, a yes both."""
    path = tmp_path / "settings.yaml"
    for answer, names in (("no", None), ("yes", ["Ana", "Bo"])):
        talk.say("learn our names")
        assert "Ana, Bo. Right?" in talk.say("ana and bo", wait=500)
        talk.say(answer)
        assert load_values(path)["names"] == names


@pytest.mark.parametrize("written", ["pace: 9000\n", "pace: ["])
def test_a_file_that_became_wrong_while_it_runs_is_told_and_ends_nothing(
    talk: Talk, tmp_path: Path, written: str
) -> None:
    """Somebody wrote into it by hand: nothing can be set, and everything else goes on."""
    path = tmp_path / "settings.yaml"
    path.write_text(written, encoding="utf-8")
    assert "That can't be set now." in talk.say("always speak slower")
    talk.say("learn our names")
    talk.say("ana and bo", wait=500)
    assert talk.say("yes")[0] == "That can't be set now."
    assert [event.what.split(":")[0] for event in talk.events if isinstance(event, Error)] == [str(path)] * 2
    assert path.read_text(encoding="utf-8") == written
    assert talk.session.conversation.is_idle


def test_a_language_that_could_not_be_heard_is_not_set_by_voice(talk: Talk, tmp_path: Path) -> None:
    """Nobody talks themselves into a guide that is deaf to them; they are told why."""
    talk.session.keeper.others = others_here
    assert "I can't hear that language yet. We stay with this one." in talk.say("speak german from now on")
    assert load_values(tmp_path / "settings.yaml")["language"] == "en"


def test_the_language_that_is_spoken_may_be_set_again(talk: Talk, tmp_path: Path) -> None:
    """Whether or not it could be heard: they type in it."""
    change("language", "de", tmp_path / "settings.yaml")
    talk.session.keeper.others = others_here
    assert DONE in talk.say("speak german from now on")
    assert load_values(tmp_path / "settings.yaml")["language"] == "de"


def test_steps_end_at_the_range(talk: Talk, tmp_path: Path) -> None:
    """And say so."""
    path = tmp_path / "settings.yaml"
    change("volume", 5, path)
    assert DONE in talk.say("always be louder")
    assert load_values(path)["volume"] == 6
    assert "That is as far as it goes." in talk.say("always be louder")


def test_softly_tonight_is_softer_at_once_and_only_until_morning(talk: Talk, tmp_path: Path) -> None:
    """Nothing is written; the next evening it is as usual, and an undo takes it back at once."""
    keeper, session = talk.session.keeper, talk.session
    assert "All right. I speak softly until morning." in talk.say("speak softly tonight")
    assert session.performer._night_db == -6
    assert not (tmp_path / "settings.yaml").exists()
    assert keeper.is_night(session.now_s + 9 * 3600)
    assert not keeper.is_night(session.now_s + 10 * 3600)
    keeper.undo(0.0)
    assert not keeper.is_night(session.now_s)


def test_the_only_voice_stays(talk: Talk) -> None:
    """Where there is no other."""
    talk.session.keeper.others = lambda key: []
    assert "There is only this one." in talk.say("use the other voice from now on")


def test_the_welcome_keeps_how_loud_it_was_made(talk: Talk, tmp_path: Path) -> None:
    """Softer once is four decibels, for good."""
    talk.say("welcome us")
    talk.say("skip")
    talk.say("softer")
    assert "Good. I stay like that." in talk.say("that's fine")
    assert load_values(tmp_path / "settings.yaml")["volume"] == -4


def test_the_welcome_promises_nothing_that_it_could_not_write(talk: Talk, tmp_path: Path) -> None:
    """The folder is none: it is so loud until the end, and says that."""
    (tmp_path / "none").touch()
    talk.session.keeper.settings_path = tmp_path / "none" / "settings.yaml"
    talk.say("welcome us")
    talk.say("skip")
    talk.say("softer")
    said = talk.say("that's fine")
    assert said[:2] == ["I stay like that until I'm switched off.", "I could not write it down."]
    assert "Good. I stay like that." not in said
