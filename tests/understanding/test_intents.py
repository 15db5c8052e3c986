"""Sentence files: what is accepted, and that every fault names its line and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.errors import ContentErrors
from voice.understanding.intents import load_intents
from voice.understanding.understander import Understander

GOOD = """language: en
intents:
  Light:
    data:
      - sentences: ["turn (on|off) the [big] {lamp} <politely>"]
        slots: {kind: light}
        requires_context: {area: {slot: true}}
        response: done
        metadata: {when: [idle, paused]}
lists:
  lamp: {values: [desk lamp, {in: "ceiling (light|lamp)", out: ceiling, context: {x: 1}}]}
expansion_rules:
  politely: "[please|thank you]"
skip_words: [kindly]
settings: {ignore_whitespace: false}
"""


def write(folder: Path, text: str, name: str = "a.yaml") -> Path:
    """A sentence file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def fault(folder: Path, text: str) -> str:
    """The first fault of a file."""
    path = write(folder, text)
    with pytest.raises(ContentErrors) as caught:
        Understander(load_intents([folder]))
    return str(caught.value.errors[0]).removeprefix(f"{path}:")


def test_the_whole_format_is_read(tmp_path: Path) -> None:
    """Keys of Home Assistant's format are no errors, and values may be templates."""
    write(tmp_path, GOOD)
    found = Understander(load_intents([tmp_path])).understand("turn off the ceiling light, please", "idle")
    assert (found.intent, dict(found.slots)) == ("Light", {"kind": "light", "lamp": "ceiling"})


@pytest.mark.parametrize(
    ("before", "after", "line", "what", "remedy"),
    [
        ("sentences:", "sentnces:", 5, "unknown key 'sentnces' in a block", "did you mean 'sentences'?"),
        ("slots:", "slot:", 6, "unknown key 'slot' in a block", "did you mean 'slots'?"),
        ("when:", "wen:", 9, "unknown key 'wen' in metadata", "did you mean 'when'?"),
        ("paused]", "pausd]", 9, "unknown state 'pausd'", "did you mean 'paused'?"),
        ("{lamp}", "{lmap}", 5, "unknown list {lmap}", "did you mean 'lamp'?"),
        ("<politely>", "<politly>", 5, "unknown rule <politly>", "did you mean 'politely'?"),
        ("(on|off)", "(on|off", 5, "'(' is never closed", "close every bracket"),
        ("(on|off)", "on|off)", 5, "')' closes nothing", "close every bracket"),
        ("(on|off)", "(on|off;now)", 5, '"|" and ";" in one group', "write two groups"),
        ("(light|lamp)", "(light|lamp;on)", 11, '"|" and ";" in one group', "write two groups"),
        ("[please|thank you]", "[please|thank you;all]", 13, '"|" and ";" in one group', "write two groups"),
        ("values: [desk", "valus: [desk", 11, "unknown key 'valus'", "did you mean 'values'?"),
        ("language: en", "langage: en", 1, "unknown key 'langage'", "did you mean 'language'?"),
        ('["turn', '["", "turn', 5, "is not text", "quotes"),
        ("please|", "please|<politely>", 13, "name each other", ""),
    ],
)
def test_a_fault_names_line_and_remedy(
    tmp_path: Path, before: str, after: str, line: int, what: str, remedy: str
) -> None:
    """Each way of being wrong is said at its line, with what to write."""
    said = fault(tmp_path, GOOD.replace(before, after, 1))
    assert what in said
    assert remedy in said
    assert said.startswith(f"{line}:") or "name each other" in what


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    """An author sees every fault of one reading."""
    write(tmp_path, GOOD.replace("{lamp}", "{lmap}").replace("paused]", "pausd]"))
    with pytest.raises(ContentErrors) as caught:
        load_intents([tmp_path])
    assert len(caught.value.errors) == 2


def test_later_files_add_and_replace(tmp_path: Path) -> None:
    """A user's file adds sentences and values; with ``replace`` it takes the intent over, but never a control."""
    first, second = tmp_path / "one", tmp_path / "two"
    first.mkdir(), second.mkdir()
    stop = '  Stop:\n    data:\n      - sentences: ["stop"]\n        metadata: {control: stop}\n'
    write(first, GOOD.replace("lists:", stop + "lists:", 1))
    more = '  Light:\n    data:\n      - sentences: ["light up {lamp}"]\n'
    extra = f"language: en\nintents:\n{more}lists:\n  lamp: {{values: [torch]}}\n"
    write(second, extra)
    both = Understander(load_intents([first, second]))
    assert both.understand("light up torch", "idle").slots == {"lamp": "torch"}
    assert both.understand("turn on the torch", "idle").intent == "Light"
    write(
        second,
        f"replace: true\n{extra}  other: {{values: [x]}}\n".replace("intents:\n", "intents:\n  Stop: {data: []}\n"),
    )
    taken = Understander(load_intents([first, second]))
    assert taken.understand("turn on the torch", "idle").intent is None
    assert taken.understand("stop", "idle").intent == "Stop"


def test_a_single_file_may_use_what_others_define(tmp_path: Path) -> None:
    """``known`` folders lend their lists and rules, not their sentences."""
    lend, use = tmp_path / "lend", tmp_path / "use"
    lend.mkdir(), use.mkdir()
    write(lend, GOOD)
    path = write(use, 'language: en\nintents:\n  X:\n    data:\n      - sentences: ["find the {lamp} <politely>"]\n')
    assert [template.text for template in load_intents([path], known=[lend]).templates] == [
        "find the {lamp} <politely>"
    ]


def test_no_files_is_a_fault(tmp_path: Path) -> None:
    """An empty folder is named."""
    with pytest.raises(ContentErrors, match="no sentence files"):
        load_intents([tmp_path])


def test_yaml_faults_have_lines(tmp_path: Path) -> None:
    """What is no YAML, or has a key twice, is said by the reader of all YAML."""
    assert fault(tmp_path, "language: en\nintents: [\n").split(":")[0].isdigit()
    assert fault(tmp_path, "language: en\nlanguage: en\nintents: {}\n").startswith("2:")
    assert fault(tmp_path, "%YAML 9.9\n---\nlanguage: en\nintents: {}\n").startswith("1:")
