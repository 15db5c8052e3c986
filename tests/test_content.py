"""The built-in practices, looked at as a whole: what each must say of itself, and what none may do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import product
from pathlib import Path

import pytest

from voice.content import builtin_folder
from voice.guiding.compiling import breathe_lines
from voice.guiding.practice import Practice, load_practices
from voice.guiding.steps import Ask, Breathe, Say, Step, Turn
from voice.guiding.walk import HandOver, Measure, Segment, Stage, Walk
from voice.understanding.intents import load_intents
from voice.understanding.phrases import ways_of_asking
from voice.understanding.understander import Understander

PRACTICES = load_practices([builtin_folder("scripts")])
INTENTS = load_intents([builtin_folder("intents")])
PAGE = Path(__file__).parent.parent / "docs" / "practices.md"
ROOMS = ("first", "quieter", "same", "louder", "unknown")
CALMING = sorted(name for name, practice in PRACTICES.items() if practice.script.kind == "calming")

MOST_ANSWERS, MOST_WORDS = 3, 3
"""A choice for somebody who is upset: how many answers it offers, and how many words each has."""
TURNS_WHILE_UPSET = {"name-it", "reassure", "appreciation", "reflective-listening"}
"""One word for a feeling, one kind thing, or listening, which two-minute-reset itself offers at its end."""
CLAIMS = re.compile(
    r"\b(heal\w*|therap\w*|cure[sd]?|treat(s|ment|ments)|diagnos\w*|disorder\w*|trauma\w*|patients?|symptoms?|clinical\w*|"
    r"medic\w*|proven|guarantee\w*|scientific\w*|counsel\w*|depress\w*|toxic|abus\w*)\b",
    re.IGNORECASE,
)
"""Words of treatment, or of a promise that nobody can keep."""
WITH_THE_OTHER = re.compile(r"\b(each other|you both|both of you|hold hands|the other's|together)\b", re.IGNORECASE)
"""What needs two."""


@pytest.fixture(scope="module")
def understander() -> Understander:
    """What the built-in sentences mean."""
    return Understander(INTENTS)


def steps_of(steps: Sequence[Step]) -> Iterator[Step]:
    """Every step, however deep."""
    for step in steps:
        yield step
        yield from steps_of(step.each or ())
        if step.ask:
            for action in (*step.ask.expect.values(), step.ask.silence):
                yield from steps_of(action)
        if step.choose:
            for action in (*step.choose.cases.values(), step.choose.otherwise):
                yield from steps_of(action)


def asks_of(practice: Practice) -> list[Ask]:
    """Every question of a practice."""
    return [step.ask for step in steps_of(practice.script.steps) if step.ask]


def texts_of(practice: Practice) -> list[str]:
    """Everything that a practice can say, the simpler words too."""
    texts: list[str | None] = []
    for step in steps_of(practice.script.steps):
        match step.body:
            case Say(text=text, simple=simple) | Ask(say=text, simple=simple) | Turn(say=text, simple=simple):
                texts += [text, simple]
            case Breathe() as breathe:
                texts += breathe_lines(breathe)
    return [text for text in texts if text]


def in_silence(walk: Walk) -> list[Stage]:
    """What comes when nobody says anything."""
    stages: list[Stage] = []
    while (stage := walk.next()) is not None and len(stages) < 200:
        stages.append(stage)
        if isinstance(stage, Ask):
            walk.take(stage.silence)
        if isinstance(stage, Measure):
            walk.facts["room"] = "unknown"
    return stages


def starts_of(practice: Practice, **known: bool) -> Iterator[Walk]:
    """A walk for every combination of the facts that are not given."""
    names = [name for name in ("alone", "first", "flooded") if name not in known]
    for values in product((False, True), repeat=len(names)):
        yield Walk(practice, {**known, **dict(zip(names, values, strict=True))})


def questions(practice: Practice, **known: bool) -> Iterator[tuple[Ask, Walk]]:
    """Every question that can be reached by any answers, with the walk that stands right after it."""
    seen: set[tuple[int, int | None]] = set()
    waiting = list(starts_of(practice, **known))
    while waiting:
        walk = waiting.pop()
        while (stage := walk.next()) is not None:
            if isinstance(stage, Measure):
                waiting += [at_room(walk, room) for room in ROOMS]
                break
            if isinstance(stage, Ask):
                place = (id(stage), walk.person)
                if place not in seen:
                    seen.add(place)
                    yield stage, deepcopy(walk, {id(walk.practice): walk.practice})
                    waiting += [taken(walk, action) for action in (*stage.expect.values(), stage.silence)]
                break


def taken(walk: Walk, action: tuple[Step, ...]) -> Walk:
    """A copy of a walk that has taken an answer."""
    copy = deepcopy(walk, {id(walk.practice): walk.practice})
    copy.take(action)
    return copy


def at_room(walk: Walk, room: str) -> Walk:
    """A copy of a walk that has heard the room."""
    copy = deepcopy(walk, {id(walk.practice): walk.practice})
    copy.facts["room"] = room
    return copy


def offered(ask: Ask) -> list[str]:
    """The answers that the question itself names."""
    words = set(re.findall(r"[a-z']+", ask.say.lower()))
    return [answer for answer in ask.expect if set(answer.split()) <= words]


# What each says of itself


@pytest.mark.parametrize("name", sorted(PRACTICES))
def test_every_practice_says_what_it_is_and_what_speaks_for_it(name: str) -> None:
    """Title, one sentence on what happens, the idea's source, and one honest line."""
    script = PRACTICES[name].script
    assert all((script.title, script.about, script.source, script.evidence))
    assert not {"\n"} & set(script.about + script.source + script.evidence)


@pytest.mark.parametrize("name", sorted(PRACTICES))
def test_no_practice_claims_to_heal(name: str) -> None:
    """It is a guide for a bad moment."""
    script = PRACTICES[name].script
    for text in (*texts_of(PRACTICES[name]), script.title, script.about, script.evidence):
        assert not CLAIMS.search(text), text


# Somebody who is upset


@pytest.mark.parametrize("name", CALMING)
def test_a_calming_practice_offers_a_few_short_answers(name: str) -> None:
    """No question that needs thought."""
    for ask in asks_of(PRACTICES[name]):
        choices = offered(ask)
        assert len(choices) <= MOST_ANSWERS, ask.say
        assert all(len(choice.split()) <= MOST_WORDS for choice in choices), ask.say
        assert len(ask.say.split()) <= 10, ask.say


@pytest.mark.parametrize("name", CALMING)
def test_silence_ends_a_calming_practice(name: str) -> None:
    """After no answer comes no other question, no turn and no other practice."""
    for ask, walk in questions(PRACTICES[name]):
        person = walk.person
        walk.take(ask.silence)
        rest = in_silence(walk)
        assert all(isinstance(stage, Segment) for stage in rest), (ask.say, person)


@pytest.mark.parametrize("name", CALMING)
def test_whoever_is_alone_is_not_asked_for_the_other(name: str) -> None:
    """ "Help me calm down" is for one: nobody to look at, no hand to hold."""
    for walk in starts_of(PRACTICES[name], alone=True):
        for step in (step for stage in in_silence(walk) if isinstance(stage, Segment) for step in stage.steps):
            said = breathe_lines(step.body) if isinstance(step.body, Breathe) else [getattr(step.body, "text", "")]
            assert not [text for text in said if WITH_THE_OTHER.search(text)]


@pytest.mark.parametrize("name", CALMING)
def test_a_calming_practice_gives_nobody_a_turn(name: str) -> None:
    """Only naming a feeling does: one word."""
    turns = [step.turn for step in steps_of(PRACTICES[name].script.steps) if step.turn]
    assert not turns or name == "name-it"


@pytest.mark.parametrize("name", sorted(set(PRACTICES) - TURNS_WHILE_UPSET))
def test_while_upset_silence_leads_into_no_turn(name: str) -> None:
    """What needs thought waits, or is asked for once more in a word."""
    for walk in starts_of(PRACTICES[name], flooded=True):
        assert not [stage for stage in in_silence(walk) if isinstance(stage, Turn)]


@pytest.mark.parametrize("name", sorted(PRACTICES))
def test_every_way_through_a_practice_can_end(name: str) -> None:
    """Silence alone comes to an end, and nothing leads to a practice that is not there."""
    for walk in starts_of(PRACTICES[name]):
        assert len(in_silence(walk)) < 200
    starts = {step.start for step in steps_of(PRACTICES[name].script.steps) if step.start}
    assert starts <= set(PRACTICES)


@pytest.mark.parametrize(
    ("room", "says"),
    [
        ("quieter", "It is quieter now."),
        ("same", "About as before."),
        ("louder", "A little louder now. That happens."),
        ("unknown", "Listen for a moment. That's enough."),
    ],
)
def test_the_quiet_room_says_the_change(room: str, says: str) -> None:
    """After the second measure."""
    walk = Walk(PRACTICES["quiet-room"], {})
    said: list[str] = []
    while (stage := walk.next()) is not None:
        if isinstance(stage, Segment):
            said += [step.say.text for step in stage.steps if step.say]
        elif isinstance(stage, Measure):
            walk.facts["room"] = "first" if "room" not in walk.facts else room
        elif isinstance(stage, Ask):
            walk.take(stage.silence)
        else:
            assert not isinstance(stage, HandOver)
    assert says in said


@pytest.mark.parametrize(
    ("name", "settings", "says"),
    [
        ("promise", {"manner": "promise"}, "There's something you asked me to bring up."),
        ("rituals", {"manner": "ritual", "words": "a hug"}, "It's six. A hug, if you both like."),
        ("rituals", {"manner": "ritual", "act": "breath"}, "It's six. Breathe in."),
        ("rituals", {"manner": "gentle", "act": "hug"}, "It's six. I'm here, if you like."),
        ("triggers", {"manner": "follow-up"}, "It can stay as it is. Another day."),
    ],
)
def test_what_is_due_is_brought_up_and_can_be_left(name: str, settings: dict[str, str], says: str) -> None:
    """Started as something due, a script leads to its matter at once, and silence is an answer."""
    walk = Walk(PRACTICES[name], {"clock": "six", **settings})
    stages = in_silence(walk)
    said = [step.say.text for stage in stages if isinstance(stage, Segment) for step in stage.steps if step.say]
    assert says in said
    assert not [stage for stage in stages if isinstance(stage, Turn)]


# Answers


@pytest.mark.parametrize("name", sorted(PRACTICES))
def test_every_answer_is_understood(name: str, understander: Understander) -> None:
    """An answer has sentences of its own, or is a plain phrase that counts as itself."""
    known = {template.meaning.answer for template in INTENTS.templates} - {None}
    for ask in asks_of(PRACTICES[name]):
        for answer in ask.expect:
            if answer in known:
                continue
            assert re.fullmatch(r"[a-z']+( [a-z']+)*", answer), answer
            assert understander.understand(answer, "asking", tuple(ask.expect)).answer == answer, (ask.say, answer)


@pytest.mark.parametrize("name", sorted(PRACTICES))
def test_every_answer_that_is_offered_means_itself(name: str, understander: Understander) -> None:
    """Saying the words of the question chooses what they name, whatever else is expected."""
    for ask in asks_of(PRACTICES[name]):
        for answer in offered(ask):
            assert understander.understand(answer, "asking", tuple(ask.expect)).answer == answer, (ask.say, answer)


# The page


def page(understander: Understander) -> str:
    """Every practice, for reading."""
    parts = [
        "# The practices",
        "Generated from `scripts/` and `intents/` by `pytest tests/test_content.py --regen`.",
        "None of this is for emergencies, nor where one of you fears the other. What the evidence carries: "
        "[evidence.md](evidence.md).",
    ]
    for name, practice in sorted(PRACTICES.items()):
        script = practice.script
        said = ", ".join(f'"{phrase}"' for phrase in ways_of_asking(name, understander))
        lines = [f"- **Say:** {said}", f"- **From:** {script.source}", f"- **Evidence:** {script.evidence}"]
        parts += [f"## {script.title} (`{name}`)", script.about, "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def test_the_page_lists_every_practice(request: pytest.FixtureRequest, understander: Understander) -> None:
    """docs/practices.md is what scripts and sentences say; ``pytest --regen`` rewrites it."""
    now = page(understander)
    if request.config.getoption("--regen"):
        PAGE.write_text(now)
    assert PAGE.read_text() == now


@pytest.mark.parametrize("name", sorted(PRACTICES))
def test_the_page_has_three_ways_of_asking_for_each(name: str, understander: Understander) -> None:
    """And each of them starts it."""
    assert len(ways_of_asking(name, understander)) == 3
