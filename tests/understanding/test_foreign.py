"""Sentence files that have nothing to do with Attune mean what they mean to hassil."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.errors import ContentErrors
from voice.understanding.intents import load_intents
from voice.understanding.understander import Understander


def over(folder: Path, text: str) -> Understander:
    """Of one sentence file."""
    (folder / "foreign.yaml").write_text("language: en\n" + text, encoding="utf-8")
    return Understander(load_intents([folder]))


@pytest.mark.parametrize(("said", "value"), [("Bath", "bath"), ("bath spa", "bath spa"), ("leeds", "Leeds")])
def test_a_value_that_is_a_template_is_as_it_was_said(tmp_path: Path, said: str, value: str) -> None:
    """Where no ``out`` is written, and the value may be said in several ways, it is the way that was."""
    understander = over(
        tmp_path,
        "intents: {Go: {data: [{sentences: ['go to {town}']}]}}\nlists: {town: {values: ['Bath [Spa]', Leeds]}}\n",
    )
    assert understander.understand(f"go to {said}", "idle").slots == {"town": value}


NUMBERS = """intents:
  Set:
    data:
      - sentences: ["heat to {warm} [degrees]", "freeze to {cold} [degrees]"]
      - sentences: ["climb to {height} [feet]", "dive to {depth}"]
lists:
  warm: {range: {from: 5, to: 30, fractions: halves}}
  cold: {range: {from: -30, to: 0}}
  height: {range: {from: 0, to: 9000, step: 10}}
  depth: {range: {from: -9000, to: 9000, fractions: tenths, multiplier: 2}}
"""


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("heat to 21.5 degrees", {"warm": 21.5}),
        ("heat to twenty and a half", {"warm": 20.5}),
        ("freeze to -18 degrees", {"cold": -18}),
        ("climb to thirty five hundred feet", {"height": 3500}),
        ("climb to a hundred feet", {"height": 100}),
        ("dive to minus 20.5", {"depth": -41}),
        ("dive to a thousand", {"depth": 2000}),
    ],
)
def test_numbers_are_read_as_people_say_them(tmp_path: Path, said: str, slots: dict[str, float]) -> None:
    """Fractions, negative numbers and hundreds count, in ranges that are listed and in those that are too large."""
    assert over(tmp_path, NUMBERS).understand(said, "idle").slots == slots


@pytest.mark.parametrize("said", ["heat to 45 degrees", "heat to 0.5 degrees", "freeze to 45 degrees"])
def test_another_number_than_the_range_holds_is_none(tmp_path: Path, said: str) -> None:
    """Forty five degrees are not five."""
    assert over(tmp_path, NUMBERS).understand(said, "idle").intent is None


def test_skip_words_add_nothing(tmp_path: Path) -> None:
    """What a file says may be left out or added anywhere costs next to nothing there."""
    text = "skip_words: [for my friend]\nintents: {Tea: {data: [{sentences: ['i want [a] tea [with {x}]']}]}}\n"
    found = over(tmp_path, text + "lists: {x: {values: [milk, lemon]}}\n").understand(
        "I want a tea for my friend with lemon", "idle"
    )
    assert found.slots == {"x": "lemon"}
    assert found.score > 0.97


DOORS = """intents:
  Open: {data: [{sentences: ["open {name}"], requires_context: {domain: [cover, gate]}}]}
  Unlock: {data: [{sentences: ["open {name}"], requires_context: {domain: lock}}]}
  Show: {data: [{sentences: ["show {name}"], excludes_context: {domain: lock}}]}
  Light: {data: [{sentences: ["lights on"], requires_context: {area: {slot: true}}}]}
lists:
  name:
    values:
      - {in: garage, out: garage, context: {domain: cover}}
      - {in: front door, out: front, context: {domain: lock}}
      - {in: side door, out: side gate, context: {domain: gate}}
      - {in: side door, out: side lock, context: {domain: lock}}
"""


@pytest.mark.parametrize(
    ("said", "intent", "slots"),
    [
        ("open the front door", "Unlock", {"name": "front"}),
        ("open the garage", "Open", {"name": "garage"}),
        ("open side door", "Open", {"name": "side gate"}),
        ("show the garage", "Show", {"name": "garage"}),
        ("show the side door", "Show", {"name": "side gate"}),
        ("show the front door", None, {}),
        ("lights on", "Light", {}),
    ],
)
def test_a_block_is_only_meant_of_values_with_its_context(
    tmp_path: Path, said: str, intent: str | None, slots: dict[str, str]
) -> None:
    """What no value's context tells, such as the room one is in, is not asked for."""
    found = over(tmp_path, DOORS).understand(said, "idle")
    assert (found.intent, found.slots) == (intent, slots)


PLAY = """intents:
  Play: {data: [{sentences: ["play {song} [in the {room}] [(at|to) {time}]"]}]}
lists:
  song: {values: [bye bye bye, help, the the]}
  room: {values: [kitchen, everywhere, upstairs]}
  time: {values: [noon, midnight]}
"""


@pytest.mark.parametrize("said", ["please play bye bye bye upstairs", "play bye bye bye everywhere"])
def test_a_value_is_not_lost_for_want_of_the_words_around_it(tmp_path: Path, said: str) -> None:
    """ "Upstairs" is where, also without "in the"."""
    found = over(tmp_path, PLAY).understand(said, "idle")
    assert found.slots.get("room", "") in said.split()


@pytest.mark.parametrize("said", ["bye bye bye", "the the"])
def test_a_name_may_have_a_word_twice(tmp_path: Path, said: str) -> None:
    """What is no stutter is heard as often as it is said."""
    assert over(tmp_path, PLAY).understand(f"play {said}", "idle").slots == {"song": said}


BUY = """intents:
  Buy: {data: [{sentences: ["[buy] {count} [{size}] {fruit}[s]", "[buy] {count} {box}(es|ful) [of {fruit}s]"]}]}
  Whose: {data: [{sentences: ["call {who}'s office in {hours}h"]}]}
lists:
  count: {values: [{in: (a|an|one), out: 1}, {in: two, out: 2}, {in: four, out: 4}]}
  size: {values: [large, small]}
  fruit: {values: [pear, plum, "[(red|green)] apple"]}
  box: {values: [box]}
  who: {values: [Ann, Bob]}
  hours: {range: {from: 1, to: 12}}
"""


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("buy two large pears", {"count": 2, "size": "large", "fruit": "pear"}),
        ("for plums please", {"count": 4, "fruit": "plum"}),
        ("two boxes of plums", {"count": 2, "box": "box", "fruit": "plum"}),
        ("call Ann's office in 5h", {"who": "Ann", "hours": 5}),
    ],
)
def test_letters_after_a_list_belong_to_its_values(tmp_path: Path, said: str, slots: dict[str, object]) -> None:
    """ "{fruit}[s]" is "pears", one word, with the pear as its value; after a number it is a word of its own."""
    found = over(tmp_path, BUY).understand(said, "idle")
    assert found.slots == slots
    assert found.score > 0.97


def test_a_recognizer_looks_for_the_whole_word(tmp_path: Path) -> None:
    """What may be heard holds "pears", and not a word "s"."""
    assert {"pears", "boxes"} <= set(over(tmp_path, BUY).words())
    assert "s" not in over(tmp_path, BUY).words()


def test_what_hassil_lets_pass_is_no_fault_in_foreign_files(tmp_path: Path) -> None:
    """Unknown keys, metadata of any kind, a language named once, numbers in quotes, merged keys, rules that are not
    used."""
    (tmp_path / "a.yaml").write_text("language: en\nintents: {}\nversion: 2\n", encoding="utf-8")
    (tmp_path / "b.yml").write_text(
        """intents:
  Set:
    supported: true
    data:
      - sentences: ["set {lamp} to {level}"]
        metadata: {when: morning, answers: 3}
        importance: required
lists:
  level: {range: {from: "0", to: 10.0}}
  lamp: &lamp {values: [{in: red lamp, out: red, id: 7}]}
  other: {<<: *lamp, description: the same}
expansion_rules: {unused: "[the] {area}"}
""",
        encoding="utf-8",
    )
    found = Understander(load_intents([tmp_path], foreign=True)).understand("set the red lamp to 7", "idle")
    assert (found.intent, found.slots) == ("Set", {"lamp": "red", "level": 7})


def test_a_foreign_rule_that_is_used_needs_its_lists(tmp_path: Path) -> None:
    """What can never be said is told."""
    (tmp_path / "a.yaml").write_text(
        "intents: {A: {data: [{sentences: ['go <in>']}]}}\nexpansion_rules: {in: 'in <it>', it: '{area}'}\n",
        encoding="utf-8",
    )
    with pytest.raises(ContentErrors, match=r"unknown list \{area\}"):
        load_intents([tmp_path], foreign=True)


def test_a_template_may_be_long(tmp_path: Path) -> None:
    """Alternatives that somebody wrote out, 400 in one sentence."""
    names = "|".join(f"name{number} of street" for number in range(400))
    assert (
        over(tmp_path, f"intents: {{A: {{data: [{{sentences: ['go to ({names})']}}]}}}}\n")
        .understand("go to name321 of street", "idle")
        .intent
    )


def test_english_is_read_where_each_language_has_a_folder(tmp_path: Path) -> None:
    """As Home Assistant's own sentences lie."""
    for language, word in (("de", "los"), ("en", "go")):
        (tmp_path / language).mkdir()
        over(tmp_path / language, f"intents: {{A: {{data: [{{sentences: ['{word} now']}}]}}}}\n")
    assert Understander(load_intents([tmp_path])).understand("go now", "idle").intent == "A"


ORDER = """intents:
  Order: {data: [{sentences: ["[i want] [{count}] [{size}] {fruit} [with {extra}]"]}]}
lists:
  count: {values: [{in: two, out: 2}, {in: four, out: 4}]}
  size: {values: [large, small, {in: (twelve|12) ounce, out: 12oz}]}
  fruit: {values: [smoothie, juice]}
  extra: {values: [ginger, mint]}
"""


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("I was wondering if I could get a large juice", {"size": "large", "fruit": "juice"}),
        ("um, I would like to have, um, a small smoothie", {"size": "small", "fruit": "smoothie"}),
        ("yeah I think I'll go with two smoothies please", {"count": 2, "fruit": "smoothie"}),
        (
            "I'd like to order to large juice with mint",
            {"count": 2, "size": "large", "fruit": "juice", "extra": "mint"},
        ),
        ("12 oz. juice", {"size": "12oz", "fruit": "juice"}),
    ],
)
def test_people_come_to_what_they_want_in_their_own_way(tmp_path: Path, said: str, slots: dict[str, object]) -> None:
    """Ways of asking that no template names cost next to nothing where nobody else is spoken to."""
    assert over(tmp_path, ORDER).understand(said, "idle").slots == slots


@pytest.mark.parametrize("said", ["do you like juice", "I don't want a juice", "I want to go home", "could you wait"])
def test_a_way_of_asking_asks_for_nothing_by_itself(tmp_path: Path, said: str) -> None:
    """Nor is every question a wish."""
    assert over(tmp_path, ORDER).understand(said, "idle").intent is None


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("I want a small, no, a large juice", {"size": "large", "fruit": "juice"}),
        ("two small, um, large juice", {"count": 2, "size": "large", "fruit": "juice"}),
        ("a small juice, I mean a small smoothie with mint", {"size": "small", "fruit": "smoothie", "extra": "mint"}),
    ],
)
def test_who_begins_again_means_what_is_said_last(tmp_path: Path, said: str, slots: dict[str, object]) -> None:
    """As much of what was said first is kept as makes a sentence."""
    assert over(tmp_path, ORDER).understand(said, "idle").slots == slots


def test_a_sentence_with_two_values_counts_amid_other_words(tmp_path: Path) -> None:
    """But for what is told of others; a single value is as likely talk."""
    understander = over(tmp_path, ORDER)
    found = understander.understand("hello there would it be possible to get a large juice with mint", "idle")
    assert found.slots == {"size": "large", "fruit": "juice", "extra": "mint"}
    assert understander.understand("hello there would it be possible to have juice on the table", "idle").intent is None
    assert understander.understand("why did she tell everybody about a large juice with mint", "idle").intent is None


ODD = """intents:
  Wake:
    data: [{sentences: ["wake me [up] at {hour} [{minute}] [(am|pm)]", "wake me [up] at {part} {hour}"]}]
  Dim:
    data: [{sentences: ["set the lights [in [the] {area}] to {percent} percent"]}]
  Tune:
    data: [{sentences: ["tune to {station}", "put on {network}", "turn on the {device}"]}]
  Wait:
    data:
      - sentences: ["set a timer for {hours} hour[s] [[and] {minutes} minute[s]]"]
      - sentences: ["set a timer for {minutes} minute[s]"]
  Order:
    data: [{sentences: ["[{count}] [{size}] [{roast} roast] {drink} [with {amount} milk]"]}]
  Play:
    data: [{sentences: ["play the song {title} [by {artist}]"]}]
  Bake:
    data: [{sentences: ["pizza with {topping} [[and] no {without}]"]}]
lists:
  hour: {range: {from: 0, to: 23}}
  minute: {range: {from: 1, to: 59}}
  part: {values: [{in: "ten to", out: -10}]}
  area: {values: [kitchen, bedroom]}
  percent: {range: {from: 0, to: 100}}
  station: {range: {from: 87, to: 108, fractions: tenths}}
  network: {values: [b b c one, cnn]}
  device: {values: [a c, fan]}
  hours: {range: {from: 1, to: 24}}
  minutes: {range: {from: 1, to: 120}}
  count: {range: {from: 1, to: 20}}
  size: {values: [small, medium, large]}
  roast: {values: [light, medium, dark]}
  drink: {values: [latte, mocha]}
  amount: {values: [{in: "no", out: none}, some]}
  title: {wildcard: true}
  artist: {wildcard: true}
  topping: {values: [pineapple, onions]}
  without: {values: [pineapple, onions]}
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Understander:
    """Several domains in one."""
    return over(tmp_path_factory.mktemp("odd"), ODD)


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("Wake me up at 7:00 am.", {"hour": 7}),
        ("wake me up at 10:00", {"hour": 10}),
        ("wake me up at ten to five", {"part": -10, "hour": 5}),
        ("Tune to 88.0.", {"station": 88}),
        ("tune to a hundred and three point seven", {"station": 103.7}),
        ("Put on BBC one.", {"network": "b b c one"}),
        ("put on B.B.C. one", {"network": "b b c one"}),
        ("put on C.N.N.", {"network": "cnn"}),
        ("turn on the A.C.", {"device": "a c"}),
        ("set a timer for free minutes", {"minutes": 3}),
        ("set a timer for one hour and thirty minutes", {"hours": 1, "minutes": 30}),
        ("free large lattes", {"count": 3, "size": "large", "drink": "latte"}),
        ("a medium medium roast mocha", {"size": "medium", "roast": "medium", "drink": "mocha"}),
        ("a latte with know milk", {"drink": "latte", "amount": "none"}),
        ("play the song Hey Jude", {"title": "hey jude"}),
        ("play the song Thank You by Dido", {"title": "thank you", "artist": "dido"}),
        ("play the song yesterday please", {"title": "yesterday"}),
        ("pizza with pineapple and know onions", {"topping": "pineapple", "without": "onions"}),
    ],
)
def test_what_is_written_otherwise_than_said_is_understood(
    odd: Understander, said: str, slots: dict[str, object]
) -> None:
    """Full hours, spelt letters, numbers by other words that sound the same, titles that begin politely."""
    assert odd.understand(said, "idle").slots == slots


@pytest.mark.parametrize(
    "said",
    [
        "set the lights to one hundred and fifty percent",
        "set the lights to minus ten percent",
        "set the lights to ten and a half percent",
        "set the lights except in the kitchen to ten percent",
        "set a timer for 130 minutes",
        "who set the lights in the kitchen to ten percent",
        "how do I set the lights to ten percent",
    ],
)
def test_an_order_is_not_made_of_what_is_none(odd: Understander, said: str) -> None:
    """Numbers beyond the range, exceptions, and what is only told or asked."""
    assert odd.understand(said, "idle").intent is None


def test_no_value_is_made_of_nothing(tmp_path: Path) -> None:
    """Where none was said, and the sentence needs one."""
    understander = over(
        tmp_path,
        "intents: {Paint: {data: [{sentences: ['set the lights in [the] {area} to {color}']}]}}\n"
        "lists: {area: {values: [kitchen, bedroom]}, color: {values: [red, blue]}}\n",
    )
    assert understander.understand("set the lights in the kitchen to blue", "idle").slots["area"] == "kitchen"
    assert understander.understand("set the lights in the to blue", "idle").intent is None


def test_a_no_is_not_made_of_an_and(odd: Understander) -> None:
    """ "And onions" was heard as "no onions"."""
    assert "without" not in odd.understand("pizza with pineapple and onions", "idle").slots
