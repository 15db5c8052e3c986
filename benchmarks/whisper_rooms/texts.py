"""What the synthetic voices say in training: random walks through our sentences, orders and requests of made-up
domains, everyday talk, random words."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

from benchmarks.hearing_parts.items import HERE, ROOT
from voice.understanding.grammar import Grammar
from voice.understanding.intents import load_intents
from voice.understanding.understander import Understander

OWN, ORDERS, RANDOM, PROSE, SINGLE = 1800, 1500, 500, 1300, 6
"""How many of each; of single words, how often each."""
SHORT, SINGLE_AGAIN = 5, 4
"""Words of a short text; how often each single word is among those."""
STATES = ("idle", "guiding", "any", "asking")
"""Of the conversation, whose sentences are said."""
SINGLES = [
    "yes",
    "no",
    "stop",
    "go",
    "on",
    "pause",
    "again",
    "slower",
    "faster",
    "softer",
    "louder",
    "skip",
    "next",
    "done",
    "okay",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "continue",
    "wait",
    "help",
    "please",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "angry",
    "sad",
    "tired",
    "scared",
    "hurt",
    "lonely",
    "anxious",
    "calm",
    "off",
    "up",
    "down",
    "left",
    "right",
    "tree",
    "bed",
    "house",
    "cat",
    "dog",
    "wow",
    "happy",
    "learn",
    "forward",
]
LISTS = {
    name: words.split(",")
    for name, words in {
        "room": "kitchen,bedroom,living room,hallway,office,bathroom,garage,garden,attic,dining room",
        "color": "red,green,blue,white,orange,purple,pink,warm white,yellow",
        "number": "one,two,three,four,five,six,seven,eight,nine,ten,twelve,fifteen,twenty,forty five,fifty,ninety",
        "dish": "coffee,espresso,tea,latte,cappuccino,americano,mocha,hot chocolate,flat white,macchiato,lemonade,"
        "orange juice,iced tea,pizza,burger,salad,soup,bagel,taco,burrito,pancakes,fries,noodles,cake,toast",
        "size": "small ,medium ,large ,tall ,regular ,double ,single ,triple ,extra large ,eight ounce ,,,",
        "more": "milk,sugar,brown sugar,cream,whipped cream,honey,cinnamon,vanilla syrup,oat milk,soy milk,caramel,"
        "cheese,onions,olives,mushrooms,peppers,bacon,pineapple,no ice,extra ice",
        "amount": "a little bit of ,some ,lots of ,no ,extra ,a spoon of ,two packs of ,half a cup of ,less ,more ,,,,",
        "day": "monday,tuesday,wednesday,thursday,friday,saturday,sunday,tomorrow,tonight,this evening,next week",
        "what": "jazz,rock,the news,some music,classical music,my playlist,the radio,a podcast",
        "city": "london,paris,berlin,new york,boston,madrid,rome,tokyo,sydney,chicago,dublin",
        "lead": "make me,I want,can I have,give me,get me,I would like,could you make,please prepare,brew",
        "device": "lights,lamp,heater,fan,television,blinds,ceiling light",
        "clock": "a timer,an alarm,a reminder",
        "trip": "flight,train,table,room",
        "task": "call,text,visit,email",
        "who": "mom,the doctor,anna,david,the school",
        "please": ", please, to go, for here",
        "with": ", with {amount}{more}, with {amount}{more} and {amount}{more},"
        " with {amount}{more} and {amount}{more} and {amount}{more}",
    }.items()
}
REQUESTS = [
    *4 * ["{lead} a {size}{dish}{with}{please}", "{lead} {number} {size}{dish}{with}{please}"],
    *2 * ["turn the {device} in the {room} to {number} percent", "switch the {device} in the {room} to {color}"],
    *2 * ["{number} minutes", "half past {number}", "quarter to {number}", "{number} thirty", "{number} o'clock"],
    *2 * ["set {clock} for {number} minutes", "set {clock} for {number} o clock {day}"],
    *2 * ["play {what} in the {room} at volume {number}", "play {what} in the {room}"],
    *2 * ["book a {trip} to {city} for {number} people {day}", "remind me to {task} {who} at {number} {day}"],
]


def texts(words: Path | None, prose: Path | None, seed: int = 5) -> Iterator[str]:
    """Every text of the training.

    ``words``: a file with a word a line, ``prose``: any English text; both may be left out. The report's half of the
    phrases of ``benchmarks/hearing.py`` is not among them.
    """
    rng = random.Random(seed)
    held_out = set(_phrases()[1::2])
    yield from (text for text in _own(rng) if text not in held_out)
    yield from sorted({_filled(rng.choice(REQUESTS), rng) for _ in range(ORDERS)})
    yield from _talk()
    yield from _some(rng, _examples(), PROSE)
    yield from SINGLE * [*SINGLES, *_answers()]
    if prose is not None:
        yield from _some(rng, _sentences(prose.read_text(encoding="utf-8", errors="replace")), PROSE)
    if words is not None:
        known = re.findall(r"^[a-z]{3,10}$", words.read_text(encoding="utf-8"), re.MULTILINE)
        yield from (" ".join(rng.choice(known) for _ in range(rng.randint(2, 7))) for _ in range(RANDOM))


def short_texts(seed: int = 77) -> list[str]:
    """Answers, controls and other sentences of five words at most, again: the shorter, the less there is to hear."""
    rng = random.Random(seed)
    phrases = _phrases()
    held_out = set(phrases[1::2])
    own = [text for text in _own(rng) if text not in held_out and len(text.split()) <= SHORT]
    found = SINGLE_AGAIN * [*SINGLES, *_answers()] + 2 * own + 2 * phrases[0::2]
    rng.shuffle(found)
    return found


def _phrases() -> list[str]:
    told = YAML(typ="safe").load((HERE / "phrases.yaml").read_text())
    return [text.lower() for kind in ("starts", "controls") for lines in told[kind].values() for text in lines]


def _talk() -> list[str]:
    return [line for lines in YAML(typ="safe").load((HERE / "talk.yaml").read_text()).values() for line in lines][::2]


def _own(rng: random.Random) -> list[str]:
    understander = Understander(load_intents([ROOT / "intents"]))
    found: set[str] = set()
    for number, state in enumerate(STATES, 1):
        grammar = understander.grammar(state)
        for _ in range(20 * OWN):
            if len(found) >= number * OWN // len(STATES):
                break
            found.add(_walk(grammar, rng))
    return sorted(text for text in found if 1 <= len(text.split()) <= 14)


def _walk(grammar: Grammar, rng: random.Random) -> str:
    """One sentence of a network, or nothing where the walk got lost."""
    node, back, words = rng.choice(grammar.starts), -1, []
    for _ in range(60):
        if back < 0 and node in grammar.ends and (not grammar.steps[node] or rng.random() < 0.8):
            return " ".join(words)
        if back >= 0 and node in grammar.returns and rng.random() < 0.9:
            node, back = back, -1
            continue
        if not grammar.steps[node]:
            break
        word, target, inner = rng.choice(grammar.steps[node])
        words += [word] if word else []
        node, back = (inner, target) if inner >= 0 else (target, back)
    return ""


def _answers() -> list[str]:
    """What the practices ask for: the answers by name."""
    texts = "".join(path.read_text() for path in sorted((ROOT / "scripts").glob("*.yaml")))
    named = [part for inner in re.findall(r"(?:expect|cases): \{(.*?)\}", texts) for part in inner.split(", ")]
    names = {re.match(r"\W*([a-z' ]+)", part) for part in named}
    return sorted({found[1].strip() for found in names if found} - {"otherwise"})


def _filled(text: str, rng: random.Random) -> str:
    while "{" in text:
        text = re.sub(r"\{(\w+)\}", lambda found: rng.choice(LISTS[found[1]]), text)
    return text


def _examples() -> list[str]:
    """What was written down to train understanding with."""
    text = "".join(
        (ROOT / "benchmarks" / "understanding" / f"{name}.yaml").read_text() for name in ("everyday", "paraphrases")
    )
    lines = re.findall(r"^\s*-\s+(.{6,80})$", text, re.MULTILINE)
    lines += [part for inner in re.findall(r"\[(.*?)\]", text, re.DOTALL) for part in inner.split(",")]
    return [re.sub(r"[\"'#]", "", line).strip() for line in lines if "{" not in line]


def _sentences(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in re.split(r"(?<=[.?!])\s+|\n%\n", text))
    return [part for part in parts if 3 <= len(part.split()) <= 14 and re.fullmatch(r"[A-Za-z][A-Za-z' ,.;?!-]+", part)]


def _some(rng: random.Random, lines: list[str], many: int) -> list[str]:
    return rng.sample(lines, min(many, len(lines)))
