"""Puts the parts together: content from disk, a session on top of it, and whoever wants to know what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from voice.acting import Prepare
from voice.content import folders
from voice.errors import ContentError, DeviceError
from voice.events import Event
from voice.gathering import gather_intents, gather_practices, gather_responses, tell
from voice.guiding.compiling import NUMBERS, sounds_of
from voice.guiding.conversation import Conversation
from voice.guiding.lines import lines_of
from voice.guiding.practice import Practice, script_files
from voice.guiding.responses import Responses
from voice.guiding.settings import Settings
from voice.guiding.steps import Ask, Turn
from voice.guiding.timeline import Clip, Sound, Speech
from voice.guiding.walk import Segment, Walk
from voice.hearing.listener import Listener
from voice.hearing.over_voice import OverVoice
from voice.hearing.recognizer import ANSWER_S, Engine, Recognizer, open_recognizer
from voice.hearing.spotter import open_spotter
from voice.keeping.clock import Now, WallClock, clock_from, system_clock
from voice.keeping.keeper import Keeper
from voice.keeping.night import night_pace
from voice.keeping.opening import passing_keeper
from voice.keeping.settings import Home, load_home, load_night, load_settings
from voice.session import Session
from voice.speaking.choice import InWords, open_renderer, remembered
from voice.speaking.mixer import Mixer
from voice.speaking.performer import Performer
from voice.speaking.recordings import Recorded, recordings_folder
from voice.speaking.sounds import sound_names
from voice.speaking.voice import Voice
from voice.understanding.intents import Intents
from voice.understanding.understander import Understander

FILE_RATE = 48_000
"""Output rate of the file drive, Hz; the rate most sound cards have."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about every drive."""

    engine: Engine = "auto"
    """Which recognizer."""
    model: str | None = None
    """The recognizer's model, by name or folder."""
    voice: str | None = None
    """The synthesizer's voice, by name."""
    data: tuple[Path, ...] = ()
    """Folders with own ``scripts/`` and ``intents/``; later ones win."""
    clock: Now | None = None
    """What time it is when a drive on a virtual clock begins; by default the time it really is."""

    @property
    def virtual_clock(self) -> WallClock:
        """The wall clock of a drive on a virtual clock."""
        return clock_from(self.clock or system_clock())


@dataclass(frozen=True, slots=True)
class Content:
    """Everything read from YAML."""

    practices: dict[str, Practice]
    """By id."""
    responses: Responses
    understander: Understander
    settings: Settings
    home: Home = field(default_factory=Home)
    """How it is to sound."""
    left_out: tuple[ContentError, ...] = ()
    """What is wrong in scripts and sentences of their own, which are not used."""

    @property
    def titles(self) -> dict[str, str]:
        """What the practices are called, by id."""
        return {name: practice.script.title for name, practice in self.practices.items()}

    @property
    def first_words(self) -> list[str]:
        """What is said first after most starts, and if the voice breaks."""
        first = [sound.text for sound in self.first_sounds("two-minute-reset") if isinstance(sound, Speech)]
        return [self.responses.get("VoiceLost"), *NUMBERS, *first]

    def first_sounds(self, only: str | None = None) -> list[Sound]:
        """What may have to be heard within a second of a start: made ahead; of one practice, or of all."""
        sounds: list[Sound] = []
        for practice in [p for p in self.practices.values() if only in (None, p.id)]:
            for alone in (False, True):
                stage = Walk(practice, {"alone": alone}).next()
                sounds += sounds_of(stage.steps) if isinstance(stage, Segment) else []
                sounds += [Speech(stage.say)] if isinstance(stage, Ask | Turn) and stage.say else []
        if only is None:
            sounds += [*map(Speech, self.responses.texts()), Clip("soft-tone"), Clip("falling-tone")]
        return [sound for sound in dict.fromkeys(sounds) if not (isinstance(sound, Speech) and "{" in sound.text)]


def load_content(options: Options) -> Content:
    """Read and check scripts and intents, and what they say of each other; what is wrong in theirs is left out.

    Raises ``ContentErrors`` for settings that are not right.
    """
    home = load_home()
    intents, wrong = _intents(options)
    places = folders("scripts", options.data, home.language)
    practices, wrong_scripts = gather_practices(places, sound_names(options.data), intents)
    left_out = (*wrong_scripts, *wrong)
    tell(left_out)
    understander = Understander(intents, guided=lines_of(practices.values()))
    return Content(practices, load_said(options), understander, load_settings(), home, left_out)


def load_understander(options: Options) -> Understander:
    """Read and check intents only; raises ``ContentErrors`` for settings that are not right."""
    intents, wrong = _intents(options)
    tell(wrong)
    return Understander(intents)


def _intents(options: Options) -> tuple[Intents, list[ContentError]]:
    language = load_home().language
    scripts = {path.stem for place in folders("scripts", options.data, language) for path in script_files(place)}
    return gather_intents(folders("intents", options.data, language), scripts)


def load_said(options: Options) -> Responses:
    """Read what is said beside a practice; raises ``ContentErrors`` for settings that are not right."""
    responses, wrong = gather_responses(folders("intents", options.data, load_home().language))
    tell(wrong)
    return responses


def open_voice(rate: int, options: Options, content: Callable[[], Content] | None = None) -> Voice:
    """The guide's voice as options and settings want it; ``rate`` is the output rate, Hz.

    With ``content`` the first phrases of a voice that loads slowly are kept on disk.

    Raises ``ContentErrors`` for settings that are not right, ``DeviceError`` for a voice that is not here.
    """
    home = load_home()
    night = load_night().is_now((options.clock or system_clock()).wall)
    pace = night_pace(home.pace) if night else home.pace
    renderer = open_renderer(options.voice or home.voice, pace, home.language)
    if home.language != "en":
        renderer = InWords(renderer, load_said(options).all("Numbers"))
    kept = remembered(renderer, lambda: content().first_words) if content else renderer
    return Voice(rate, renderer=Recorded(kept, recordings_folder()))


def build_session(
    content: Content,
    voice: Voice,
    mixer: Mixer,
    rate: int,
    prepare: Prepare,
    log: Callable[[Event], None],
    keeper: Keeper | None = None,
) -> Session:
    """A session over loaded content; ``rate`` is the output rate, Hz. Without ``keeper`` nothing outlives it."""
    performer = Performer(mixer, voice, rate, content.responses.get("VoiceLost"), content.home.ambience)
    if content.home.volume_db:
        performer.volume(0, content.home.volume_db)
    conversation = Conversation(content.practices, content.responses, content.settings)
    keeper = keeper or passing_keeper(content.responses, content.titles, clock_from(system_clock()))
    return Session(conversation, content.understander, performer, content.responses, prepare, log, keeper)


def open_ears(understander: Callable[[], Understander], options: Options, answer_s: float = ANSWER_S) -> Recognizer:
    """Start the recognizer, which may take so many seconds for an answer; raises ``DeviceError``.

    It is checked against the words of our phrases where it may lack some: only then ``understander`` is made first.
    """

    language = load_home().language
    if language != "en" and options.model is None:
        what = f"There is no recognizer model for '{language}' here."
        raise DeviceError(
            what, "Name one by --model DIR, use the keyboard (attune type), or: attune settings reset language"
        )

    def words() -> Iterator[str]:
        yield from understander().words()

    return open_recognizer(options.engine, options.model, words(), answer_s=answer_s)


def listen_with(
    session: Session, recognizer: Recognizer, content: Content, clock: Callable[[int], float], *, cancel: bool = False
) -> None:
    """Give a session ears; ``clock`` maps a microphone frame (16 kHz) to seconds on the output clock.

    With ``cancel`` the guide's own voice is taken out, which needs what is played beside what is heard.
    """
    session.listener = Listener(recognizer, content.understander, clock=clock)
    if cancel:
        spotter = open_spotter()
        session.hear_over_voice(OverVoice(session.listener, spotter, clock=clock, echo=load_home().echo))


def prepare_now(sounds: Sequence[Sound], then: Callable[[], None]) -> None:
    """Sounds are made when they are measured and placed, on the calling thread: what a virtual clock wants."""
    then()
