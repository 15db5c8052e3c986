"""What is wrong in a script is said with its file, its line, and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.errors import ContentErrors
from voice.guiding.practice import load_practice, load_practices

HEAD = 'title: "x"\nsettings: {minutes: 2}\nsteps:\n'

FAULTS = [
    ("  - brethe: {minutes: 2}\n", "4: 'brethe' is not a key here; write breathe"),
    ("  - breathe: {minutes: two}\n", "4: 'minutes' should be a number (it is 'two'); write a number"),
    ("  - breathe: {minutes: 1, in: four}\n", "4: 'in' should be a whole number (it is 'four'); write a whole number"),
    (
        "  - breathe: {minutes: 1, count: alout}\n",
        "4: 'count' should be 'aloud' or 'silent' (it is 'alout'); write count: a",
    ),
    ("  - breathe: {minutes: $minuts}\n", "4: there is no setting '$minuts'; write $minutes"),
    ('\t- say: "a"\n', "4: a tab indents this line; write two spaces"),
    ('  - say: "a"\n  - goto: nowhere\n', "5: 'nowhere' is no label of this script; write one of"),
    ("  - breathe: {minutes: 1, hold: 9}\n", "4: a hold of 9 s can make people dizzy; write hold: 7 or less"),
    ("  - say: 3\n", "4: 'text' should be text (it is 3); write text"),
    ('  - say: "a"\n    pause: 3\n', "4: a step has exactly one key, this one has 2; start each step"),
    ('  - say: "' + "very " * 15 + 'long"\n', "4: a sentence has 16 words; write at most 14"),
    ("  - pause: 30\n", "4: a pause of 30 s seems to be the end to those who wait; write {seconds: 30, silent: true}"),
    ("  - pause:\n", "4: a step's key needs a value; write for example: - pause: 4"),
    (
        '  - label: a\n  - say: "a"\n  - goto: a\n',
        "6: 'a' leads round without end where nobody answers; ask something on the way",
    ),
    (
        '  - say: "a"\n  - goto: repeat\n',
        "5: 'repeat' leads round without end where nobody answers; ask something on the way",
    ),
    (
        '  - label: a\n  - say: "a"\n  - goto: b\n  - label: b\n  - choose: {by: alone, cases: {"yes": a}}\n',
        "8: 'a' leads round without end where nobody answers; ask something on the way",
    ),
    (
        '  - ask: {say: "a", expect: {"yes": end}, silence: repeat}\n',
        "4: 'repeat' leads round without end where nobody answers; ask something on the way",
    ),
    ('  - ask: {say: "a", expect: {stop: next}}\n', "4: 'stop' leads on, and must end; write  stop: end"),
    ("  - each: [label: inner]\n", "4: the label 'inner' stands inside another step; move it"),
]


@pytest.mark.parametrize(("steps", "said"), FAULTS)
def test_each_fault_is_named_at_its_line_and_nothing_else_is(steps: str, said: str, tmp_path: Path) -> None:
    """One fault gives one message: line, what is wrong, what to write."""
    path = tmp_path / "script.yaml"
    path.write_text(HEAD + steps)
    with pytest.raises(ContentErrors) as caught:
        load_practice(path)
    assert [str(error).startswith(f"{path}:{said}") for error in caught.value.errors] == [True], caught.value


@pytest.mark.parametrize(
    "steps",
    [
        '  - label: a\n  - ask: {say: "More?", expect: {"yes": a}}\n',
        '  - label: a\n  - turn: "Say it."\n  - goto: a\n',
        '  - say: "a"\n  - goto: b\n  - say: "b"\n  - label: b\n  - say: "c"\n',
        '  - label: a\n  - choose: {by: alone, cases: {"yes": end}, otherwise: next}\n  - measure: 3\n  - goto: a\n',
    ],
)
def test_a_way_back_past_a_question_is_no_fault(steps: str, tmp_path: Path) -> None:
    """Whoever is asked, listened to or waited for can end it."""
    path = tmp_path / "script.yaml"
    path.write_text(HEAD + steps)
    assert load_practice(path).id == "script"


def test_the_same_id_twice_in_one_folder_is_named(tmp_path: Path) -> None:
    """Two files with one stem cannot both be that practice."""
    for suffix in ("yaml", "yml"):
        (tmp_path / f"same.{suffix}").write_text(HEAD + '  - say: "a"\n')
    with pytest.raises(ContentErrors, match=r"same\.yml:1: the id 'same' is already taken"):
        load_practices([tmp_path])
