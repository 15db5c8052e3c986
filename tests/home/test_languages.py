"""German: what is there runs typed in it, is spoken in it, and what is missing is named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest
from hassil.parse_expression import parse_sentence

from tests.test_content import asks_of, in_silence, starts_of, texts_of
from voice.app import FILE_RATE, Content, Options, build_session, load_content, open_ears, open_voice, prepare_now
from voice.cli import main
from voice.content import builtin_folder, read_yaml
from voice.drives.typed import AT, run_piped
from voice.drives.virtual import BLOCK_MS, VirtualClock
from voice.errors import DeviceError
from voice.events import Beat, Cue, Event, Understood
from voice.guiding.compiling import breathe_lines
from voice.guiding.steps import Breathe
from voice.guiding.walk import Segment
from voice.keeping.clock import clock_at
from voice.keeping.opening import open_keeper
from voice.keeping.settings_file import change
from voice.languages import Gap, gaps, languages
from voice.speaking.choice import InWords
from voice.speaking.mixer import Mixer
from voice.understanding.intents import Intents, load_intents
from voice.understanding.recognition import as_event
from voice.understanding.sentence_files import STATES

GERMAN = builtin_folder("scripts") / "de"
CLAIMS = re.compile(
    r"\b(heil\w*|therap\w*|diagnos\w*|patient\w*|symptom\w*|klinisch\w*|medizin\w*|garant\w*|trauma\w*)\b", re.I
)
WITH_THE_OTHER = re.compile(r"\b(einander|beide[nr]?|haltet|schaut euch an|der andere|den anderen)\b", re.I)
TALKS = read_yaml(Path(__file__).parent / "german.yaml").data
QUIET_S = 3.5
"""They say the next line after so much silence: less than ends a turn."""


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Content:
    """Everything in German."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    change("language", "de")
    return load_content(Options())


def talk(content: Content, lines: list[str]) -> list[Event]:
    """Each line typed when words are awaited, or at its second, by the clock of the table."""
    options, events = Options(clock=clock_at("2026-03-25T20:30[Europe/Berlin]")), list[Event]()
    with (
        open_keeper(content.responses, content.titles, options.virtual_clock) as keeper,
        closing(open_voice(FILE_RATE, options)) as voice,
    ):
        session = build_session(content, voice, Mixer(FILE_RATE), FILE_RATE, prepare_now, events.append, keeper)
        clock = VirtualClock(session, None)
        for line in lines:
            timed, quiet_s = AT.match(line), 0.0
            while session.now_s < float(timed[1]) if timed else quiet_s < QUIET_S:
                clock.step()
                rests = session.conversation.awaiting and not session.performer.busy
                quiet_s = quiet_s + BLOCK_MS / 1000 if rests else 0.0
            session.read(timed[2] if timed else line)
        clock.run_until_idle(listening=False)
    return events


def spoken(events: list[Event]) -> list[str]:
    """What was said aloud, in order."""
    return [event.text for event in events if isinstance(event, Cue) and event.kind == "speak"]


@pytest.mark.parametrize("practice", sorted(path.stem for path in GERMAN.glob("*.yaml")))
def test_every_german_practice_runs_typed(german: Content, practice: str) -> None:
    """From its phrase to its end, in German, with its answers, its times, and what it keeps."""
    said = spoken(talk(german, TALKS[practice]["they"]))
    rest = iter(said)
    assert [sentence for sentence in TALKS[practice]["it"] if sentence not in rest] == [], said


def test_piped_lines_are_german_too(german: Content) -> None:
    """As ``attune type`` reads them."""
    events: list[Event] = []
    run_piped(["hilf uns runter", "@40 stopp"], None, Options(), events.append)
    understood = [event for event in events if isinstance(event, Understood)]
    assert [understood[0].practice, understood[1].control] == ["two-minute-reset", "stop"]
    assert sum(isinstance(event, Beat) for event in events) >= 30


@pytest.mark.parametrize("kind", ["settings", "welcome"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_is_said_after_what_only_sets_something(german: Content, kind: str, language: str) -> None:
    """What it is not for is said after the first practice; a setting is none."""
    change("language", language)
    content = load_content(Options())
    lines = {
        "en": {"settings": ["always speak slower"], "welcome": ["welcome us", "I'm here", "fine"]},
        "de": {name: TALKS[name]["they"][: 1 if name == "settings" else 3] for name in ("settings", "welcome")},
    }
    then = {"en": "how are we doing", "de": "unsere woche"}[language]
    said = spoken(talk(content, [*lines[language][kind], then]))
    beside = content.responses.get("ForUs")
    assert said[-1] == beside
    assert said.count(beside) == 1


def ways(item: Any, intents: Intents) -> Iterator[str]:
    """Concrete phrases of a parsed template, with the first value of each list."""
    kind = type(item).__name__
    if kind == "TextChunk":
        yield item.original_text
    elif kind == "RuleReference":
        yield from ways(parse_sentence(intents.rules[item.rule_name]).expression, intents)
    elif kind == "ListReference":
        yield from ways(parse_sentence(intents.lists[item.list_name]["values"][0]["in"]).expression, intents)
    elif kind == "Alternative":
        yield from [""] if item.is_optional else []
        for part in item.items:
            yield from ways(part, intents)
    else:
        yield from map("".join, islice(product(*(list(islice(ways(part, intents), 6)) for part in item.items)), 40))


def test_every_german_sentence_is_understood(german: Content) -> None:
    """Three ways of each template mean what the template means, where it counts."""
    intents, understander = german.understander.intents, german.understander
    wrong = []
    for template in intents.templates:
        meaning = template.meaning
        state = "asking" if meaning.answer else next(state for state in STATES if meaning.counts(state))
        expected = (meaning.answer,) if meaning.answer else None
        for way in islice(ways(parse_sentence(template.text).expression, intents), 3):
            heard = understander.understand(way, state, expected)
            same = (heard.practice, heard.answer, heard.control) == (meaning.practice, meaning.answer, meaning.control)
            if way.strip() and not (heard.answer or (same and heard.intent == meaning.intent)):
                wrong.append((template.line, way, heard.intent))
    assert wrong == []


def test_every_english_intent_has_german_sentences(german: Content) -> None:
    """And every answer of every practice."""
    english = load_intents([builtin_folder("intents")])
    ours = {template.meaning.intent for template in german.understander.intents.templates}
    assert {template.meaning.intent for template in english.templates} - ours == {"AnswerImHere", "AnswerFine"}
    answers = {template.meaning.answer for template in german.understander.intents.templates}
    asked = {answer for practice in german.practices.values() for ask in asks_of(practice) for answer in ask.expect}
    assert asked - answers == {"a time", "a number"}


def test_the_answers_that_a_german_question_names_are_understood(german: Content) -> None:
    """Each question that offers "this, or that" has at least two of its parts understood, as different answers."""
    for practice in german.practices.values():
        for ask in (ask for ask in asks_of(practice) if ", oder " in ask.say):
            parts = re.split(r"[,.:?]|\boder\b", ask.say)
            heard = [german.understander.understand(part, "asking", tuple(ask.expect)).answer for part in parts]
            found = [answer for answer in heard if answer]
            assert len(set(found)) == len(found) >= (1 if "{" in ask.say or "lauter" in ask.say else 2), ask.say


def test_german_claims_no_more_than_it_may(german: Content) -> None:
    """No words of treatment, and whoever is alone is not asked for the other."""
    for practice in german.practices.values():
        for text in (*texts_of(practice), practice.script.about, practice.script.evidence):
            assert not CLAIMS.search(text), text
        for walk in starts_of(practice, alone=True) if practice.script.kind == "calming" else ():
            steps = [step for stage in in_silence(walk) if isinstance(stage, Segment) for step in stage.steps]
            said = [
                text
                for step in steps
                for text in (
                    breathe_lines(step.body) if isinstance(step.body, Breathe) else [getattr(step.body, "text", "")]
                )
            ]
            assert not [text for text in said if WITH_THE_OTHER.search(text)], practice.id


@pytest.mark.parametrize(
    ("words", "state", "meaning"),
    [("bitte etwas langsamer", "guiding", "slower"), ("wie lange noch", "guiding", "how-long"),
     ("pause", "guiding", "pause"),
     ("mir ist schwindlig", "guiding", "dizzy"), ("ich will nicht mehr leben", "after", "self"),
     ("du tust mir weh", "after", "other"), ("ruf einen krankenwagen", "after", "medical"),
     ("hilf uns zur ruhe zu kommen", "idle", "two-minute-reset"),
     ("wir reden über das wetter", "idle", None), ("das essen ist fertig", "idle", None)],
)  # fmt: skip
def test_german_words_mean_what_they_should(german: Content, words: str, state: str, meaning: str | None) -> None:
    """Starts, controls and danger are understood, everyday talk is not."""
    found = as_event(german.understander.understand(words, state, None), 0.0)
    assert isinstance(found, Understood) == (meaning is not None)
    if isinstance(found, Understood):
        assert meaning in (found.control, found.safety, found.practice)


def test_numbers_are_counted_in_german() -> None:
    """Inside they are English words; the voice says its own."""

    class Echo:
        name = "Echo"

        def render(self, text: str, *, slow: bool = False) -> None:
            said.append(text)

    said: list[str] = []
    voice = InWords(Echo(), {"one": "eins"})  # type: ignore[arg-type]
    voice.render("one")
    voice.render("Einatmen.")
    assert said == ["eins", "Einatmen."]


def test_german_lacks_nothing() -> None:
    """No practice, no sentence, no intent, no answer."""
    assert languages() == ["en", "de"]
    assert gaps("de") == []


@pytest.fixture
def copies(tmp_path: Path) -> tuple[Path, Path]:
    """Scripts and sentences to take something out of."""
    return tuple(shutil.copytree(builtin_folder(kind), tmp_path / kind) for kind in ("scripts", "intents"))  # type: ignore[return-value, arg-type]


@pytest.mark.parametrize(
    ("file", "without", "named", "what"),
    [("scripts/de/morning.yaml", ', simple: "Was wird heute schön?"', "turn: {say", "'simple' is missing in 'de'"),
     ("intents/de/responses.yaml", ', soon: "Gleich vorbei."', "HowLong:", "HowLong lacks 'soon' in 'de'"),
     ("intents/de/time_out.yaml", "  ImBack:\n", "- sentences:", "the intent ImBack has no sentence in 'de'")],
)  # fmt: skip
def test_a_missing_text_is_named_with_file_and_line(
    copies: tuple[Path, Path], tmp_path: Path, file: str, without: str, named: str, what: str
) -> None:
    """Where it belongs; a sentence that is not understood at all at the English one."""
    path = tmp_path / file
    text = path.read_text()
    assert without in text
    path.write_text(text[: text.index(without)] if "ImBack" in without else text.replace(without, ""))
    (gap,) = gaps("de", *copies)
    assert gap.what.startswith(what)
    assert named in gap.path.read_text().splitlines()[gap.line - 1]
    assert str(gap).startswith(f"{gap.path}:{gap.line}: ")


def test_a_missing_practice_is_named(copies: tuple[Path, Path], tmp_path: Path) -> None:
    """With the file to write."""
    (tmp_path / "scripts/de/debrief.yaml").unlink()
    assert [(gap.path.name, gap.line) for gap in gaps("de", *copies)] == [("debrief.yaml", 1)]


@pytest.mark.parametrize(("arguments", "language", "told"), [
    ([], "en", False), ([], "de", True), (["scripts"], "en", False), (["scripts/de"], "en", True),
    (["intents/de/safety.yaml"], "en", True),
])  # fmt: skip
def test_check_names_gaps_to_those_whom_they_concern(
    german: Content, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: list[str], language: str, told: bool,
) -> None:  # fmt: skip
    """Who speaks the language, or works on its folder; exit code 0, since Attune runs without it."""
    change("language", language)
    gap = Gap(Path("responses.yaml"), 7, "HowLong lacks 'soon' in 'de'")
    monkeypatch.setattr("voice.commands.check.gaps", lambda language: [gap])
    root = builtin_folder("scripts").parent
    assert main(["check", *(str(root / path) for path in arguments)]) == 0
    assert (str(gap) in capsys.readouterr().err) == told


def test_without_a_model_for_it_hearing_says_so(german: Content) -> None:
    """And names three ways out."""
    with pytest.raises(DeviceError, match="There is no recognizer model for 'de'"):
        open_ears(lambda: german.understander, Options())
