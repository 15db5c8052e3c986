"""German: what is there runs typed in it, is spoken in it, and what is missing is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.app import Content, Options, load_content, open_ears
from voice.cli import main
from voice.content import builtin_folder
from voice.drives.typed import run_piped
from voice.errors import DeviceError
from voice.events import Beat, Cue, Event, Understood
from voice.keeping.settings_file import change
from voice.languages import languages, missing_in
from voice.speaking.choice import InWords
from voice.understanding.understander import as_event

GERMAN = builtin_folder("scripts") / "de"
TALKS = {
    "two-minute-reset": ("hilf uns runter", "Ich bin da. Zwei Minuten, für alle, die mögen. Einatmen."),
    "long-breath": ("fünf minuten atmen", "Ich bin da. Fünf Minuten, für alle, die mögen. Einatmen."),
    "count-to-four": ("zähl mit uns bis vier", "Ich bin da. Zählt mit mir, vor der nächsten Antwort."),
    "grounding-senses": ("fünf vier drei zwei eins", "Ich bin da. Ein Blick durchs Zimmer, ganz langsam."),
    "reassure": ("etwas liebes sagen", "Jeder sagt etwas Wahres. Wenige Worte reichen."),
    "welcome": ("lern uns kennen", "Hallo, ich bin Attune. Zwei Minuten, dann kennt ihr mich."),
}


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Content:
    """Everything in German."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    change("language", "de")
    return load_content(Options())


@pytest.mark.parametrize("practice", sorted(path.stem for path in GERMAN.glob("*.yaml")))
def test_every_german_practice_runs_typed(german: Content, practice: str) -> None:
    """From its phrase to its end, in German, and stopped by a German word."""
    phrase, first = TALKS[practice]
    events: list[Event] = []
    run_piped([phrase, "@20 stopp"], None, Options(), events.append)
    said = [event.text for event in events if isinstance(event, Cue) and event.kind == "speak"]
    assert said[0] == first
    understood = [event for event in events if isinstance(event, Understood)]
    assert [understood[0].practice, understood[1].control] == [practice, "stop"]
    if practice == "two-minute-reset":
        assert sum(isinstance(event, Beat) for event in events) >= 12


@pytest.mark.parametrize(
    ("words", "state", "meaning"),
    [("bitte etwas langsamer", "guiding", "slower"), ("wie lange noch", "guiding", "how-long"),
     ("pause", "guiding", "pause"),
     ("mir ist schwindlig", "guiding", "dizzy"), ("ich will nicht mehr leben", "after", "self"),
     ("du tust mir weh", "after", "other"), ("ruf einen krankenwagen", "after", "medical"),
     ("wir reden über das wetter", "idle", None), ("das essen ist fertig", "idle", None)],
)  # fmt: skip
def test_german_words_mean_what_they_should(german: Content, words: str, state: str, meaning: str | None) -> None:
    """Controls and danger are understood, everyday talk is not."""
    found = as_event(german.understander.understand(words, state, None), 0.0)
    assert isinstance(found, Understood) == (meaning is not None)
    if isinstance(found, Understood):
        assert meaning in (found.control, found.safety)


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


def test_check_names_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """By kind; nothing that is there, and exit code 0, since Attune runs without it."""
    assert languages() == ["en", "de"]
    assert main(["check"]) == 0
    told = capsys.readouterr().err
    assert "de: not in this language yet: practices: " in told
    assert "debrief" in told
    missing = missing_in("de")
    assert not {"two-minute-reset", "reassure"} & set(missing["practices"])
    assert "sentences it says" not in missing
    assert "controls it hears" not in missing


def test_without_a_model_for_it_hearing_says_so(german: Content) -> None:
    """And names three ways out."""
    with pytest.raises(DeviceError, match="There is no recognizer model for 'de'"):
        open_ears(lambda: german, Options())
