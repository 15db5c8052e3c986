"""What the hearing benchmark plays, set by set."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from benchmarks.hearing_parts.items import HERE, ROOT, WORDS, Item
from benchmarks.hearing_parts.orders import order
from benchmarks.hearing_parts.sounds import (
    AS_IS,
    FITTING,
    KITCHEN,
    NEAR,
    NEURAL,
    QUIET,
    REPORT,
    ROOM_10,
    ROOM_20,
    VOICES,
    portion,
)
from voice.guiding.practice import all_steps, load_practices
from voice.keeping.answering import A_NUMBER, A_TIME

STANDS_FOR_MANY = {A_TIME, A_NUMBER, "minutes", "feeling", "blame"}
"""Answers that are said in other words."""


def _phrases() -> Any:
    return YAML(typ="safe").load((HERE / "phrases.yaml").read_text())


def own(part: int) -> Iterator[Item]:
    """Starts while nothing runs, and controls during a practice; for fitting every other phrase."""
    rows = _own_phrases()
    for kind, state, name, text in rows[::2] if part == FITTING else rows:
        for voice in VOICES[part]:
            for condition in (NEAR, ROOM_20, ROOM_10, QUIET):
                yield Item("own phrases", text, voice, condition, {kind: name}, state, part=part)


def own_neural(part: int) -> Iterator[Item]:
    """The same by two of the neural voices each."""
    for number, (kind, state, name, text) in enumerate(_own_phrases()):
        for voice in (NEURAL[number % len(NEURAL)], NEURAL[(number + 3) % len(NEURAL)]):
            for condition in (NEAR, ROOM_20, ROOM_10, QUIET):
                yield Item("own phrases, neural voices", text, voice, condition, {kind: name}, state, part=part)


def _own_phrases() -> list[tuple[str, str, str, str]]:
    """Practice or control, the state it is said in, its name, and how it is said."""
    told = _phrases()
    rows = [("practice", "idle", name, text) for name, texts in told["starts"].items() for text in texts]
    return rows + [("control", "guiding", name, text) for name, texts in told["controls"].items() for text in texts]


def unseen(part: int) -> Iterator[Item]:
    """Paraphrases that no template stands for, and look-alikes, while nothing runs, each by one voice in one condition.

    For fitting those of the sentence tests, for the report those of ``benchmarks/understanding/blind.yaml``.
    """
    for practice, text in _tested() if part == FITTING else _blind():
        rng = random.Random(f"{part}|{text}")  # a sentence more leaves the others as they are
        group = "unseen paraphrases" if practice else "look-alikes"
        want = {"practice": practice} if practice else {}
        yield Item(group, text, rng.choice(VOICES[part]), rng.choice((NEAR, ROOM_20, ROOM_10)), want, part=part)


def _blind() -> Iterator[tuple[str | None, str]]:
    told = YAML(typ="safe").load((ROOT / "benchmarks" / "understanding" / "blind.yaml").read_text())
    for practice, texts in told.items():
        yield from ((None if practice == "nothing" else practice, text) for text in texts)


def _tested() -> Iterator[tuple[str | None, str]]:
    for path in sorted((ROOT / "tests" / "intents").glob("*.yaml")):
        for test in YAML(typ="safe").load(path.read_text())["tests"]:
            idle = test.get("state", "idle") == "idle" and not {"as_written", "not_yet"} & test.keys()
            if idle and ("practice" in test or "nothing" in test):
                yield from ((test.get("practice"), text) for text in test["sentences"])


def people(part: int, speech: Path) -> Iterator[Item]:
    """Single words by people: half of the speakers for training, a quarter for fitting, the others for the report."""
    listed = [line.split("\t") for line in (speech / "index.tsv").read_text().splitlines()[1:]]
    rows = [(path, who) for path, _, who, *_ in listed if path.startswith("commands/")]
    speakers = sorted({who for _, who in rows})
    chosen = set(portion(speakers, part))
    for path, who in rows:
        word = path.split("/")[1]
        if who in chosen and word != "off":
            want = {"answer": word} if word in WORDS else {}
            group = "people's single words" if want else "people's other words"
            for condition in (NEAR, ROOM_20, ROOM_10):
                yield Item(group, path, "people", condition, want, "asking", WORDS, part=part)


def choices(part: int) -> Iterator[Item]:
    """Answers to closed questions by synthetic voices: numbers, lengths, times and feelings by all of them; besides,
    for fitting, answers to made-up questions by all, and for the report those to our scripts' questions by two each."""
    told, voices = _phrases(), VOICES[part]
    for question in told["lists"] + (told["questions"] if part == FITTING else []):
        for text, answer in zip(question["say"], question["want"], strict=True):
            for voice in voices:
                yield from _answered("choices", text, answer, voice, question["ask"], part)
    for number, (answer, asked) in enumerate(_script_answers() if part == REPORT else []):
        for place in (number, number + 1 + number // len(voices) % (len(voices) - 1)):  # each with each other one
            yield from _answered("choices", answer, answer, voices[place % len(voices)], asked, part)


def choices_neural(part: int) -> Iterator[Item]:
    """Answers to our scripts' questions by one of the neural voices each."""
    for number, (answer, asked) in enumerate(_script_answers()):
        yield from _answered("choices, neural voices", answer, answer, NEURAL[number % len(NEURAL)], asked, part)


def _answered(group: str, text: str, answer: str, voice: str, asked: Sequence[str], part: int) -> Iterator[Item]:
    for condition in (NEAR, ROOM_10):
        yield Item(group, text, voice, condition, {"answer": answer}, "asking", tuple(asked), part=part)


def _script_answers() -> list[tuple[str, tuple[str, ...]]]:
    """Each answer to a question of our scripts, with all answers that are awaited there."""
    practices = load_practices([ROOT / "scripts"]).values()
    steps = [step for practice in practices for _, step in all_steps(practice.script.steps, ())]
    asked = sorted({tuple(step.ask.expect) for step in steps if step.ask})
    return [(answer, answers) for answers in asked for answer in answers if answer not in STANDS_FOR_MANY]


def made_up_questions() -> list[tuple[str, ...]]:
    """The answers to each of the made-up questions, and to those for numbers, lengths, times and feelings."""
    told = _phrases()
    return [tuple(question["ask"]) for question in told["questions"] + told["lists"]]


def choice_others(part: int, speech: Path) -> Iterator[Item]:
    """Other words and read sentences while one of our own questions is asked."""
    rng = random.Random(13 + part)
    questions = made_up_questions()
    unmeant = [item for item in people(part, speech) if not item.want]
    for path in (str(path.relative_to(speech)) for path in portion(sorted(speech.glob("read/*.flac")), part)):
        yield Item("choices: read", path, "people", AS_IS, {}, "asking", rng.choice(questions), part=part)
    for item in unmeant:
        asked = rng.choice(questions)
        if item.said.split("/")[-1].split("_")[0] not in asked:
            yield replace(item, group="choices: other words", expected=asked)


def others(part: int, speech: Path) -> Iterator[Item]:
    """Everything people said that is not for Attune, and noise, while nothing runs."""
    for folder in ("read", "meeting", "words", "commands", "noise"):
        paths = sorted(path.relative_to(speech) for path in speech.glob(f"{folder}/**/*.flac"))
        for path in portion(paths, part):
            yield Item(f"other talk: {folder}", str(path), "people", AS_IS, part=part)


def closed_others(part: int, speech: Path) -> Iterator[Item]:
    """Read sentences and meetings while a closed question is asked."""
    for folder in ("read", "meeting"):
        for path in portion(sorted(speech.glob(f"{folder}/*.flac")), part):
            said = str(path.relative_to(speech))
            yield Item(f"closed set: {folder}", said, "people", AS_IS, {}, "asking", WORDS, part=part)


def guided_others(part: int, speech: Path) -> Iterator[Item]:
    """Read sentences and meetings during a practice."""
    for folder in ("read", "meeting"):
        for path in portion(sorted(speech.glob(f"{folder}/*.flac")), part):
            yield Item(f"guided: {folder}", str(path.relative_to(speech)), "people", AS_IS, {}, "guiding", part=part)


def talk(part: int, minutes: float = 60.0) -> Iterator[Item]:
    """Quarrel and small talk, about 20 s each, two synthetic voices in turn."""
    lines = [line for lines in YAML(typ="safe").load((HERE / "talk.yaml").read_text()).values() for line in lines]
    lines = lines[::2] if part == FITTING else lines
    rng = random.Random(7 + part)
    for number in range(round(minutes * 3)):
        picked = "|".join(rng.choice(lines) for _ in range(8))
        yield Item("quarrel and small talk", f"{number}|{picked}", "", NEAR, part=part)


def guide(part: int) -> Iterator[Item]:
    """Attune's own sentences, from its scripts, as if its loudspeaker were the person."""
    lines: set[str] = set()
    for path in sorted((ROOT / "scripts").glob("*.yaml")):
        lines |= set(re.findall(r'(?:say|after_first): "([^"{}$]+)"', path.read_text()))
    for number, line in enumerate(sorted(lines)):
        voice = ("espeak en-us 140", "piper joe")[number % 2]
        if part == REPORT or number % 2:
            yield Item("our own voice", line, voice, ROOM_20, part=part)


def counter(part: int) -> Iterator[Item]:
    """Orders at a sandwich counter: a domain with nothing of ours, up to seven slots in a sentence."""
    for number, item in enumerate(_orders(part)):
        yield replace(item, voice=VOICES[part][number % len(VOICES[part])])


def counter_neural(part: int) -> Iterator[Item]:
    """The same by the neural voices, each in every noise."""
    for number, item in enumerate(_orders(part)):
        voice = NEURAL[number // len(KITCHEN) % len(NEURAL)]
        yield replace(item, group=f"{item.group}, neural voices", voice=voice)


def _orders(part: int, many: int = 240) -> Iterator[Item]:
    """Whoever says them."""
    rng = random.Random(11 + part)
    for number in range(many):
        text, slots = order(rng)
        want = {"intent": "OrderSandwich", "slots": slots}
        condition = KITCHEN[number % len(KITCHEN)]
        yield Item("stand-in domain", text, "", condition, want, "any", domain="counter", part=part)


def builders(speech: Path) -> dict[str, Callable[[int], Iterator[Item]]]:
    """Every set by the name that ``--set`` takes."""
    return {
        "own": own,
        "own-neural": own_neural,
        "unseen": unseen,
        "people": lambda part: (item for item in people(part, speech) if item.want),
        "unknown": lambda part: (item for item in people(part, speech) if not item.want),
        "choices": choices,
        "choices-neural": choices_neural,
        "choice-others": lambda part: choice_others(part, speech),
        "others": lambda part: others(part, speech),
        "closed-others": lambda part: closed_others(part, speech),
        "guided-others": lambda part: guided_others(part, speech),
        "talk": lambda part: talk(part, 60.0 if part == REPORT else 15.0),
        "guide": guide,
        "counter": counter,
        "counter-neural": counter_neural,
    }
