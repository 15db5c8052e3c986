"""The decision from everything that was compared with a turn's sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.understanding.test_decision import Turn
from voice.hearing.recognizer import Found, Opinion
from voice.understanding.confidence import PATH, confidence, least_sure, weights
from voice.understanding.grammar import MOST_SAID
from voice.understanding.intents import load_intents
from voice.understanding.understander import Understander
from voice.understanding.weighing import FEATURES, SECOND, key, likeness, without_rival


def weighed(ours: Understander, turn: Turn, *phrases: Found, state: str = "idle", expected: list[str] | None = None):
    """What a turn means whose free text has a mean of its log probability over five tokens."""
    free = Found(turn.text, turn.log_prob * 5, 5, -25.0)
    return ours.weigh(turn, [free, *phrases], state, expected)


def test_what_fits_like_the_free_text_is_taken(ours: Understander) -> None:
    """Garbled words, but a start fits the sound as well, and the sound adds much to it."""
    found = weighed(ours, Turn("help a scum down", -0.9), Found("help us calm down", -3.2, 5, -24.0))
    assert (found.practice, found.starts) == ("two-minute-reset", True)
    assert found.score >= weights().kinds["start"]["accept"]


def test_what_is_far_behind_the_free_text_is_not(ours: Understander) -> None:
    """Clear other talk: the nearest start has to give up too much."""
    found = weighed(ours, Turn("the weather is nice today", -0.2), Found("help us calm down", -24.0, 5, -24.0))
    assert found.intent is None
    assert found.why


def test_clear_text_stays_clear(ours: Understander) -> None:
    """A sentence that is there as it stands needs nothing from the search."""
    assert (
        weighed(ours, Turn("Start the debrief.", -0.3), Found("start the debrief", -1.6, 5, -28.0)).practice
        == "debrief"
    )


def test_danger_is_never_made_of_other_words(ours: Understander) -> None:
    """A phrase of danger that was only found in the sound counts for nothing; written down, it does."""
    found = weighed(
        ours, Turn("I am a bread of flu", -1.0), Found("i'm afraid of you", -4.0, 5, -20.0), state="guiding"
    )
    assert "safety" not in found.metadata
    heard = weighed(ours, Turn("I'm afraid of you", -0.3), Found("i'm afraid of you", -1.5, 5, -20.0), state="guiding")
    assert heard.metadata.get("safety") == "other"


def test_no_phrase_means_nothing(ours: Understander) -> None:
    """Where no phrase means anything, the text alone is asked."""
    assert weighed(ours, Turn("xyzzy")).intent is None


@pytest.mark.parametrize("answer", ["later", "tomorrow"])
def test_the_word_asked_for_wins(ours: Understander, answer: str) -> None:
    """ "tomorrow" may mean "later", but not where both were offered."""
    assert ours.understand(answer, "asking", ["later", "tomorrow"]).answer == answer
    assert ours.understand(f"{answer} please", "asking", ["tomorrow", "later"]).answer == answer


def test_confidence_is_a_share_and_grows_without_a_rival(ours: Understander) -> None:
    """Between 0 and 1; a near rival makes it less sure."""
    turn = Turn("start the something", -0.6)
    scored = [
        Found("start the something", -3.0, 5, -25.0),
        Found("start the debrief", -5.0, 5, -28.0),
        Found("start the check in", -5.2, 5, -28.0),
    ]
    found = ours.turn(turn, scored, "idle").evidence()
    assert found is not None
    assert found.rival is not None
    assert 0.0 < confidence(found, weights()) <= confidence(without_rival(found), weights()) < 1.0


def test_the_weights_fit_the_evidence() -> None:
    """Every kind has a weight for each piece of evidence, a constant and a threshold; the source is said."""
    assert set(weights().kinds) == {"start", "stop", "control", "answer", "slots"}
    assert weights().kinds["stop"]["accept"] < weights().kinds["control"]["accept"]
    for kind in weights().kinds.values():
        assert set(kind) == {*FEATURES, "constant", "accept"}
        assert 0.0 < kind["accept"] < 1.0
    assert "fit_decision.py" in PATH.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def counter() -> Understander:
    """Orders at a sandwich counter: nobody there talks of anything else."""
    folder = Path(__file__).parents[2] / "benchmarks" / "hearing_parts" / "counter"
    return Understander(load_intents([folder]))


def test_values_are_heard_and_not_read_from_a_text_that_is_only_near(counter: Understander) -> None:
    """ "and toasted" is spelled like "dark toasted"; the sound knows better. A text that is a sentence is believed."""
    turn = Turn("make me a medium and toasted tuna roll", -0.4)
    found = weighed(
        counter,
        turn,
        Found("make me a medium untoasted tuna roll", -9.0, 9, -50.0),
        Found("make me a medium dark toasted tuna roll", -19.0, 9, -50.0),
    )
    assert found.slots == {"number": 1, "size": "medium", "toast": "none", "filling": "tuna"}
    exact = weighed(counter, Turn("make me a medium dark toasted tuna roll", -0.4))
    assert exact.slots["toast"] == "dark"


def test_words_around_a_sentence_may_be_a_part_of_it_misheard(counter: Understander) -> None:
    """ "Make me free large rolls" is an order for three."""
    turn = Turn("make me free large tuna rolls", -0.2)
    found = weighed(counter, turn, Found("make me three large tuna rolls", -3.0, 7, -40.0))
    assert found.slots == {"number": 3, "size": "large", "filling": "tuna"}


@pytest.mark.parametrize(
    ("heard", "log_prob", "total", "meant"),
    [
        ("okay let's go", -0.1, -40.0, False),
        ("okay let's go", -0.9, -40.0, True),
        ("I was wondering if we could get a hammer oil", -0.1, -40.0, True),
        ("the grand haul", -0.1, -40.0, False),
        ("a ham rolls", -0.2, -9.0, True),
        ("we had a ham roll for breakfast once", -0.1, -40.0, True),
    ],
)
def test_what_is_clearly_something_else_is_no_order(
    counter: Understander, heard: str, log_prob: float, total: float, meant: bool
) -> None:
    """In another domain too; what was hardly heard, fits nearly as well, or names what is ordered may be one."""
    found = weighed(counter, Turn(heard, log_prob), Found("a ham roll", total, 5, -60.0))
    assert (found.intent is not None) == meant


@pytest.mark.parametrize(
    ("heard", "number"),
    [
        ("For large tuna rolls", 4),
        ("To large tuna rolls please", 2),
        ("can I get for tuna rolls", 4),
        ("for a large tuna roll", 1),
        ("I'd like to order chicken sandwich", None),
    ],
)
def test_for_and_to_are_numbers_before_what_is_counted(counter: Understander, heard: str, number: int | None) -> None:
    """They sound the same, and who writes by ear takes the commoner word."""
    found = counter.understand(heard, "idle")
    assert (found.intent, found.slots.get("number")) == ("OrderSandwich", number)


@pytest.mark.parametrize(
    ("heard", "starts"),
    [
        ("Good night.", True),
        ("Good night, sleep tight.", False),
        ("Okay, good night please.", True),
        ("Well, I said good night.", False),
        ("Both night, sleep tight.", False),
    ],
)
def test_a_start_that_must_be_all_is_no_part_of_what_is_said(ours: Understander, heard: str, starts: bool) -> None:
    """However well it fits the sound of its beginning."""
    for phrase in ("good night", "goodnight"):
        found = weighed(ours, Turn(heard, -0.4), Found(phrase, -1.2, 3, -14.0))
        assert (found.practice == "bedtime") == starts


def test_long_turns_are_talk_only_where_people_talk(ours: Understander, counter: Understander) -> None:
    """In a living room a turn of many words is for the other one; at a counter it is an order."""
    assert (ours.among_talk, counter.among_talk) == (True, False)
    assert ours.grammar("idle").most_words == MOST_SAID
    assert counter.grammar("idle").most_words > 40


def test_another_domain_is_judged_alike_in_every_state(counter: Understander) -> None:
    """Whether a practice runs means nothing there."""
    turn, phrase = Turn("a small ham roll please", -0.4), Found("a small ham wrap please", -5.0, 6, -30.0)
    states = [weighed(counter, turn, phrase, state=state) for state in ("idle", "guiding", "any")]
    assert len({(found.intent, found.score) for found in states}) == 1


def test_likeness() -> None:
    """Equal texts are 1 and 1; words that sound alike are nearer by ear than by eye."""
    assert likeness("Go on.", "go on") == (1.0, 1.0)
    spelled, sounded = likeness("see it", "sea it")
    assert sounded > spelled


def test_an_answer_that_was_asked_for_is_ahead_of_what_was_not(ours: Understander) -> None:
    """ "now" is often written down as "no", which undoes things; where "now" was asked for and fits about as well, that
    is the answer. What is said as clearly as this "no" is not "now", and "stop" is behind nothing."""
    asked = ["now", "later"]
    near = [Found("now", -1.4, 2, -7.5), Found("later", -9.0, 2, -8.0)]
    likely = ours.turn(Turn("No.", -0.6), [Found("No", -1.2, 2, -4.7), *near], "asking", asked).evidence()
    assert likely is not None
    assert likely.meaning.answer == "now"
    clear = [Found("No", -0.1, 2, -4.7), Found("now", -6.0, 2, -7.5)]
    assert ours.weigh(Turn("No.", -0.05), clear, "asking", asked).control == "undo"
    assert ours.weigh(Turn("Stop.", -0.6), [Found("Stop", -1.2, 2, -6.0), *near], "asking", asked).control == "stop"


def test_a_control_that_is_written_down_counts_while_an_answer_is_awaited(ours: Understander) -> None:
    """ "pause" is no answer to "now, or later?", and is done."""
    near = [Found("now", -8.0, 2, -7.5), Found("later", -9.0, 2, -8.0)]
    found = ours.weigh(Turn("Pause.", -0.3), [Found("Pause", -0.6, 2, -9.0), *near], "asking", ["now", "later"])
    assert found.control == "pause"


@pytest.mark.parametrize("state", ["idle", "guiding", "turn", "paused"])
@pytest.mark.parametrize("heard", ["Three.", "One, two.", "4"])
def test_who_counts_along_asks_for_nothing(ours: Understander, heard: str, state: str) -> None:
    """ "Three" sounds like "freeze", but a number was written down."""
    found = weighed(
        ours, Turn(heard, -0.5), Found("freeze", -1.0, 2, -14.0), Found("go on", -2.0, 2, -9.0), state=state
    )
    assert found.intent is None
    assert found.why


def test_stop_is_heard_in_a_number(ours: Understander) -> None:
    """What sounds like "stop" is not lost, whatever was written down."""
    found = weighed(ours, Turn("Four.", -0.9), Found("stop", -0.5, 2, -12.0), state="guiding")
    assert found.control == "stop"


def test_an_answer_that_a_number_was_written_for_must_be_likely(ours: Understander) -> None:
    """ "Breathe" may be written down as "three"; a number that was asked for is one."""
    asked = ["breathe", "talk"]
    near = [Found("Three", -0.6, 2, -8.0), Found("talk", -9.0, 2, -8.0)]
    unlikely = ours.weigh(Turn("Three.", -0.4), [*near, Found("breathe", -6.0, 2, -9.0)], "asking", asked)
    assert unlikely.intent is None
    likely = ours.weigh(Turn("Three.", -0.9), [*near, Found("breathe", -0.7, 2, -14.0)], "asking", asked)
    assert likely.answer == "breathe"
    assert ours.understand("three", "asking", ["two", "three"]).answer == "three"
    assert ours.understand("one", "asking", ["stop", "on"]).intent is None


@pytest.mark.parametrize(
    ("heard", "part"), [("No.", False), ("No, not really.", False), ("No, sir, but I will attend to it.", True)]
)
def test_an_answer_is_no_part_of_much_more(ours: Understander, heard: str, part: bool) -> None:
    """However likely it is: four words more than an answer are said to somebody else."""
    scored = [Found("know", -2.0, 2, -12.0), Found("no", -1.5, 2, -12.0), Found("yes", -20.0, 2, -12.0)]
    found = ours.turn(Turn("know"), scored, "asking", ["yes", "no"]).evidence()
    assert found is not None
    assert found.phrases[0] == "no"
    assert (least_sure(found, heard, weights()) > 1.0) == part


def test_stop_is_heard_in_much_more(ours: Understander) -> None:
    """Also where it is an answer: "next, again, or stop?"."""
    scored = [Found("stock", -2.0, 2, -12.0), Found("stop", -1.5, 2, -12.0), Found("next", -20.0, 2, -12.0)]
    found = ours.turn(Turn("stock"), scored, "asking", ["next", "stop"]).evidence()
    assert found is not None
    assert found.meaning.answer == "stop"
    assert least_sure(found, "Stop, I really don't want this any more.", weights()) < 1.0


@pytest.mark.parametrize(("total", "meant"), [(-0.1, True), (-1.2, True), (-4.2, False), (-5.2, False)])
def test_what_is_heard_in_any_noise_was_not_said(ours: Understander, total: float, meant: bool) -> None:
    """A dishwasher after a start is written down as "No.", which would undo it; the sound adds little to that."""
    turn = Turn("No.", -1.8 if total < -4 else -0.2)
    found = ours.weigh(turn, [Found("no", total, 2, -5.8)], "guiding")
    assert (found.control == "undo") == meant
    answered = ours.weigh(turn, [Found("no", total, 2, -5.8), Found("yes", -9.0, 2, -6.0)], "asking", ["yes", "no"])
    assert (answered.answer == "no") == meant


DOUBTFUL = Found("help us calm down", -4.5, 5, -20.0)
"""With a free text like "he'll pass calmed on" there is doubt whether it was said."""


PASSED = Turn("he'll pass calmed on", -1.1)


def opinion(phrases: Sequence[str], *texts: tuple[str, float], fit: float) -> Opinion:
    """One that wrote these texts, with a log probability for every token of each phrase."""
    return Opinion(texts, (Found("", -1.0, 5), *(Found(phrase, 5 * fit, 5) for phrase in phrases)))


class Ears:
    """Scores every phrase far behind, or as told, and has an opinion by ``thinks``; keeps what it was asked."""

    def __init__(
        self, thinks: Callable[[Sequence[str]], Opinion | None], scores: Mapping[str, Found] | None = None
    ) -> None:
        self._thinks = thinks
        self._scores = scores or {}
        self.asked: list[list[str]] = []

    def score(self, phrases: Sequence[str]) -> list[Found]:
        return [self._scores.get(phrase, Found(phrase, -40.0, 5, -25.0)) for phrase in phrases]

    def second(self, phrases: Sequence[str]) -> Opinion | None:
        self.asked.append(list(phrases))
        return self._thinks(phrases)


def asked_second(ours: Understander, *texts: tuple[str, float], fit: float = -0.2):
    """What a doubtful turn means, and the phrases about which the second network was asked."""
    ears = Ears(lambda phrases: opinion(phrases, *texts, fit=fit) if texts else None)
    free = Found(PASSED.text, -5.5, 5, -25.0)
    return ours.weigh(PASSED, [free, DOUBTFUL], "idle", None, ears), ears.asked[0]


def test_a_second_network_settles_a_doubt(ours: Understander) -> None:
    """Its texts and its scores bear the phrase out, or not; where there is none, the first decides alone."""
    alone, _ = asked_second(ours)
    heard, phrases = asked_second(ours, ("Help us calm down.", 0.9), ("Help us come down.", 0.1))
    assert phrases == [PASSED.text, DOUBTFUL.phrase]
    assert heard.practice == "two-minute-reset"
    assert heard.score > alone.score
    other, _ = asked_second(ours, ("The bus was late again.", 0.8), ("The boss was late again.", 0.2), fit=-5.0)
    assert other.intent is None
    assert other.score < heard.score


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(*4 * [st.floats(-30, 0)]))
def test_whatever_both_networks_think_of_two_starts_there_is_a_meaning(
    ours: Understander, fits: tuple[float, float, float, float]
) -> None:
    """One of them, neither, or a question which of the two."""
    first = [
        Found(phrase, fit, 5, -28.0)
        for phrase, fit in zip(["start the debrief", "start the check in"], fits[:2], strict=True)
    ]
    turn = Turn("start the something", -0.6)

    def second(phrases: Sequence[str]) -> Opinion:
        totals = {"start the debrief": fits[2], "start the check in": fits[3]}
        return Opinion((("Start the.", 1.0),), tuple(Found(one, totals.get(one, -9.0), 5) for one in ("", *phrases)))

    found = ours.weigh(turn, [Found(turn.text, -3.0, 5, -25.0), *first], "idle", None, Ears(second))
    assert found.practice in ("debrief", "check-in", None)
    assert found.between in ((), None) or set(found.between) == {"debrief", "check-in"}


def test_a_start_is_no_part_of_more_that_the_second_network_heard(ours: Understander) -> None:
    """Of what two people said to each other the first wrote the end, which a start sounds like; a few words more
    are none."""
    scored = [Found("x", -5.5, 5, -25.0), DOUBTFUL]
    for text, borne_out in (
        ("Help us calm down.", True),
        ("Oh help us calm down a bit.", True),
        ("One more slice and I'll burst, they said. Help us calm down.", False),
    ):
        found = ours.turn(PASSED, scored, "idle").seconded(opinion(["x", DOUBTFUL.phrase], (text, 1.0), fit=-0.2))
        assert found is not None
        assert (found.meaning.starts, found.borne_out, found.part) == (True, borne_out, not borne_out)


def test_a_start_that_is_a_part_of_more_is_no_near_miss(ours: Understander) -> None:
    """Nor would it count when the two say such a thing again; one that is only not sure enough would."""
    talk, _ = asked_second(ours, ("One more slice and I'll burst, they said. Help us calm down.", 1.0))
    doubt, _ = asked_second(ours, ("Help us come down.", 1.0), fit=-4.0)
    assert talk.intent is doubt.intent is None
    assert (talk.near is None, doubt.near is None) == (True, False)


@pytest.mark.parametrize(("wrote", "borne_out"), [("Let's go to bed. It's late.", False), ("Let's go to bed.", True)])
def test_what_is_a_part_is_told_by_the_likeliest_phrase(ours: Understander, wrote: str, borne_out: bool) -> None:
    """And not by a longer one of the same meaning, which hardly fits: "please" may come after everything."""
    near = [Found("let's go for bed", -5.6, 5, -25.0), Found("let's go to bed please", -13.7, 6, -29.0)]
    turn = ours.turn(
        Turn("Let's go to bed in place.", -1.2), [Found("Let's go to bed in place", -9.3, 7, -30.0), *near], "idle"
    )
    fits = {near[0].phrase: -2.6, near[1].phrase: -13.7}
    asked = tuple(Found(one, fits[one], 5) for one in fits)
    found = turn.seconded(Opinion(((wrote, 0.6),), (Found(wrote, -3.3, 7), Found("", -9.3, 7), *asked)))
    assert found is not None
    assert (found.meaning.practice, found.borne_out) == ("bedtime", borne_out)


def test_a_written_start_needs_both_networks_where_its_sound_leaves_doubt(ours: Understander) -> None:
    """A word out of what somebody tells is written down as a start; where it was meant, it is one when said again."""
    turn, free = Turn("Breathing.", -0.9), Found("Breathing", -3.4, 4, -14.0)
    alone = ours.turn(turn, [free], "idle").evidence()
    assert alone is not None
    assert 0.1 < confidence(alone, weights()) < 0.93
    for text, fit, starts in (("Breathing.", -0.1, True), ("Bring it.", -4.0, False)):
        ears = Ears(lambda phrases, text=text, fit=fit: opinion(phrases, (text, 1.0), fit=fit))
        assert ours.weigh(turn, [free], "idle", None, ears).starts == starts
    assert ours.weigh(turn, [free], "idle").starts


def test_a_written_start_is_not_begun_where_both_networks_believe_in_another_thing(ours: Understander) -> None:
    """It is a near miss: said once more, it counts."""
    turn, free = Turn("Breathing.", -0.9), Found("Breathing", -3.4, 4, -14.0)
    other = Found("start the debrief", -2.0, 5, -28.0)
    fits = {"start the debrief": -0.3}
    ears = Ears(
        lambda phrases: Opinion(
            (("Start the debrief.", 1.0),), tuple(Found(one, fits.get(one, -20.0), 5) for one in ("", *phrases))
        ),
        {other.phrase: other},
    )
    found = ours.weigh(turn, [free], "idle", None, ears)
    assert found.intent is None
    assert found.near is not None
    assert found.near.intent == ours.understand("Breathing.", "idle").intent


def test_what_only_the_second_network_wrote_is_compared_too(ours: Understander) -> None:
    """The first found nothing near "I'm done"; it scores what the other wrote, and both decide. While an answer is
    awaited all answers are compared anyway."""
    turn = Turn("Hard on.", -1.4)
    first = [Found("Hard on", -5.0, 3, -14.0), Found("hang on", -5.4, 3, -13.0)]
    fits = {"Hard on": -9.0, "hang on": -7.0, "i'm done": -0.6}

    def wrote(phrases: Sequence[str]) -> Opinion:
        found = (Found(phrase, fits.get(phrase, -12.0), 3) for phrase in ("i'm done", *phrases))
        return Opinion((("I'm done.", 0.9), ("The bus was late.", 0.1)), tuple(found))

    ears = Ears(wrote, {"i'm done": Found("i'm done", -5.6, 4, -16.0)})
    found = ours.weigh(turn, first, "guiding", None, ears)
    assert (ears.asked[-1][-1], found.control) == ("i'm done", "done")
    assert not any("bus" in phrase for phrases in ears.asked for phrase in phrases)
    alone = Ears(wrote)
    near = [Found("Nope ho", -5.0, 3, -14.0), Found("no", -5.1, 2, -11.0)]
    ours.weigh(Turn("Nope ho.", -1.4), near, "asking", ["yes", "no"], alone)
    assert len(alone.asked) == 1


@pytest.mark.parametrize(
    ("texts", "wrote"),
    [
        ([("Speak up.", 0.9)], "louder"),
        ([("Speak up.", 0.3), ("Louder.", 0.3), ("Speed up.", 0.4)], "louder"),
        ([("Speak up.", 0.5), ("Speed up.", 0.5)], None),
        ([("Speak a bus.", 1.0)], None),
        ([("Could you talk louder for the two of us.", 1.0)], None),
        ([], None),
    ],
)
def test_what_the_second_network_wrote_is_a_sentence_that_it_is_surer_of_than_of_all_others(
    ours: Understander, texts: list[tuple[str, float]], wrote: str | None
) -> None:
    """Word for word, whatever ways of saying it share; a paraphrase is none."""
    turn = ours.turn(Turn("Stay up.", -1.2), [Found("Stay up", -4.0, 3, -14.0)], "guiding")
    meant = wrote and key(ours.understand(wrote, "guiding"))
    assert turn.wrote(opinion(["x"], *texts, fit=-1.0)) == meant


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fits=st.tuples(*4 * [st.floats(-40, 0)]))
def test_a_meaning_may_be_looked_at_though_another_is_likelier(
    ours: Understander, fits: tuple[float, float, float, float]
) -> None:
    """Then its lead is what it is behind by; one that no phrase has is not found."""
    near = [Found("speed up", fits[0], 2, -12.0), Found("speak up", fits[1], 2, -12.0)]
    turn = ours.turn(Turn("Stay up.", -1.2), [Found("Stay up", -4.0, 3, -14.0), *near], "guiding")
    thinks = Opinion(
        (("Speak up.", 1.0),),
        (Found("", -0.5, 2), Found("speed up", fits[2], 2), Found("speak up", fits[3], 2)),
    )
    likeliest = turn.seconded(thinks)
    louder, stop = (turn.seconded(thinks, first=key(ours.understand(text, "guiding"))) for text in ("louder", "stop"))
    assert likeliest is not None
    assert louder is not None
    assert stop is None
    assert louder.meaning.control == "louder"
    lead = FEATURES.index("margin")
    assert -1.0 <= louder.evidence[lead] <= likeliest.evidence[lead] <= 1.0
    assert (louder.evidence[lead] < 0) <= (likeliest.meaning.control == "faster")


@pytest.mark.parametrize("state", ["guiding", "idle"])
@pytest.mark.parametrize("other", [True, False])
def test_a_written_control_is_questioned_during_a_practice(ours: Understander, state: str, other: bool) -> None:
    """One that the first network wrote word for word, unsure of it, gives way to what both believe in."""
    fits = {"i'm done": -0.6, "Undo": -9.0} if other else {"Undo": -0.6}
    ears = Ears(
        lambda phrases: Opinion(
            (("I'm done." if other else "Undo.", 1.0),),
            tuple(Found(one, fits.get(one, -12.0), 3) for one in ("", *phrases)),
        ),
        {"i'm done": Found("i'm done", -4.5, 4, -16.0)},
    )
    found = ours.weigh(Turn("Undo.", -1.1), [Found("Undo", -3.6, 3, -11.0)], state, None, ears)
    contradicted = other and state == "guiding"
    assert found.control == ours.understand("I'm done." if contradicted else "Undo.", state).control
    assert bool(ears.asked) == (state == "guiding")


def test_a_written_control_that_its_sound_is_hardly_for_is_none(ours: Understander) -> None:
    """Noise after somebody's words was written down as "What?", which would say all of it again; "stop" always counts,
    and so does what the second network bears out."""
    what = ours.weigh(Turn("What?", -2.4), [Found("What", -9.5, 3, -12.8)], "guiding")
    assert (what.intent, ours.understand("What?", "guiding").control) == (None, "repeat")
    assert ours.weigh(Turn("Stop.", -2.4), [Found("Stop", -9.5, 3, -12.8)], "guiding").control == "stop"
    turn, free = Turn("Go on.", -2.2), Found("Go on", -6.9, 3, -10.0)
    assert ours.weigh(turn, [free], "guiding").intent is None
    agrees = Ears(lambda phrases: Opinion((("Go on.", 1.0),), tuple(Found(one, -0.2, 3) for one in ("", *phrases))))
    assert ours.weigh(turn, [free], "guiding", None, agrees).intent == ours.understand("Go on.", "guiding").intent


@pytest.mark.parametrize(
    ("heard", "scored"),
    [
        ("Yes.", [Found("Yes", -4.0, 3, -9.0), Found("no", -5.2, 3, -9.0)]),
        ("Go on.", [Found("Go on", -5.0, 3, -9.0)]),
    ],
)
def test_nothing_is_taken_while_an_answer_is_awaited_that_its_sound_is_hardly_for(
    ours: Understander, heard: str, scored: list[Found]
) -> None:
    """A "yes" was written down of what people said to each other, far off; "stop" always counts, and so does what the
    second network bears out."""
    asked, turn = ["yes", "no"], Turn(heard, -1.6)

    def ears(text: str, fits: float) -> Ears:
        bare = text.rstrip(".")
        return Ears(
            lambda phrases: Opinion(
                ((text, 1.0),), tuple(Found(one, fits if one in ("", bare) else -9.0, 3) for one in ("", *phrases))
            )
        )

    assert ours.weigh(turn, scored, "asking", asked, ears("Jazz.", -0.5)).intent is None
    found = ours.weigh(turn, scored, "asking", asked, ears(heard, -0.2))
    assert found.intent == ours.understand(heard, "asking", asked).intent is not None
    stop = ours.weigh(Turn("Stop.", -2.4), [Found("Stop", -7.2, 3, -12.8)], "asking", asked, ears("Jazz.", -0.5))
    assert stop.control == "stop"


def test_a_written_control_is_not_lost_because_the_second_network_doubts_it(ours: Understander) -> None:
    """ "Again", clear enough for the first, was "yes" for the other, which is none during a practice."""
    turn, free = Turn("Go on.", -0.9), Found("Go on", -4.0, 3, -10.0)
    doubts = Ears(
        lambda phrases: Opinion(
            (("Good pass.", 1.0),), (Found("Good pass.", -0.5, 3), *(Found(one, -9.0, 3) for one in phrases))
        )
    )
    assert ours.weigh(turn, [free], "guiding", None, doubts).intent == ours.understand("Go on.", "guiding").intent
    assert doubts.asked


@pytest.mark.parametrize(("share", "control"), [(0.9, "louder"), (0.45, None)])
def test_what_the_second_network_wrote_counts_though_the_first_hears_another(
    ours: Understander, share: float, control: str | None
) -> None:
    """ "Louder", of which the first made "slower"; where the second is not sure of it, neither is taken."""
    fits = {"louder": -0.6, "slower": -3.5}
    ears = Ears(
        lambda phrases: Opinion(
            (("Louder.", share), ("Lore.", 1.0 - share)),
            tuple(Found(one, fits.get(one, -9.0), 2) for one in ("", *phrases)),
        )
    )
    near = [Found("slower", -3.0, 3, -11.0), Found("louder", -4.5, 3, -11.2)]
    found = ours.weigh(Turn("Lower her.", -1.3), [Found("Lower her", -4.0, 3, -12.0), *near], "guiding", None, ears)
    assert found.control == control


def test_a_written_stop_is_never_questioned(ours: Understander) -> None:
    """However badly it fits. Nor are words of danger."""

    def never(phrases: Sequence[str]) -> Opinion:
        raise AssertionError("it was asked")

    for text in ("Stop.", "I'm afraid of you."):
        bare = text.rstrip(".")
        free = Found(bare, -7.0, 3, -11.0)
        found = ours.weigh(Turn(text, -1.4), [free], "guiding", None, Ears(never))
        assert found.intent == ours.understand(text, "guiding").intent is not None


@pytest.mark.parametrize("state", ["idle", "guiding"])
@pytest.mark.parametrize(
    ("written", "said"), [("Stop the breathing", "start the breathing"), ("We need 10 minutes", "we need two minutes")]
)
def test_more_than_a_word_may_be_a_start_where_it_would_do_nothing(
    ours: Understander, state: str, written: str, said: str
) -> None:
    """ "Start the breathing", by British voices in a room, is written down as "stop the breathing". While anything runs
    it is a stop; and so is "stop" by itself anywhere."""
    fits = {said: -0.4, written: -8.0}
    ears = Ears(
        lambda phrases: Opinion(
            ((f"{said}.", 1.0),), tuple(Found(one, fits.get(one, -12.0), 4) for one in ("", *phrases))
        ),
        {said: Found(said, -3.0, 4, -19.0)},
    )
    found = ours.weigh(Turn(f"{written}.", -1.2), [Found(written, -4.6, 4, -19.0)], state, None, ears)
    meant = ours.understand(said if state == "idle" else written, state)
    assert (found.practice, found.control) == (meant.practice, meant.control)
    assert ours.weigh(Turn("Stop.", -2.0), [Found("Stop", -6.0, 2, -12.0)], state, None, ears).control == "stop"


def test_the_second_network_is_asked_only_in_doubt(ours: Understander) -> None:
    """Not where the first is sure, nor sure that it is nothing."""

    def never(phrases: Sequence[str]) -> Opinion:
        raise AssertionError("it was asked")

    sure = Found("help us calm down", -0.8, 5, -24.0)
    turn = Turn("help us calm down now", -0.2)
    assert ours.weigh(turn, [Found(turn.text, -0.9, 6, -27.0), sure], "idle", None, Ears(never)).practice
    talk = Turn("the kettle was on the stove all morning", -0.2)
    far = Found("help us calm down", -45.0, 5, -20.0)
    assert ours.weigh(talk, [Found(talk.text, -1.6, 9, -40.0), far], "idle", None, Ears(never)).intent is None


@pytest.mark.parametrize(("fit", "practice"), [(-0.4, "two-minute-reset"), (-5.0, None), (-7.0, None)])
def test_a_start_that_the_first_hardly_heard_needs_the_second_to_be_all_but_sure(
    ours: Understander, fit: float, practice: str | None
) -> None:
    """ "Time out for the home team" is no time-out, though both together thought it likelier than not."""
    wrote = "We need two minutes." if practice else "We need two winners."
    ears = Ears(
        lambda phrases: Opinion(
            ((wrote, 1.0),),
            (Found(wrote, -0.5, 5), *(Found(one, fit if one == "we need two minutes" else -9.0, 5) for one in phrases)),
        )
    )
    free, near = Found("We need two letters", -3.6, 5, -22.0), Found("we need two minutes", -9.0, 5, -22.0)
    found = ours.weigh(Turn("We need two letters.", -0.7), [free, near], "idle", None, ears)
    assert (found.practice, bool(ears.asked)) == (practice, True)


def test_a_guess_from_a_misheard_text_hides_no_sentence(ours: Understander) -> None:
    """ "Let's light out our manifesto" may be a paraphrase; the second network heard "let's write our manifesto"."""
    fits = {"let's write our manifesto": -0.5}
    ears = Ears(
        lambda phrases: Opinion(
            (("Let's write our manifesto.", 1.0),),
            tuple(Found(one, fits.get(one, -12.0), 8) for one in ("let's write our manifesto", *phrases)),
        )
    )
    turn, near = Turn("Let's light out our manifesto.", -0.8), Found("let's write our manifesto", -8.0, 8, -40.0)
    free = Found("Let's light out our manifesto", -4.0, 9, -40.0)
    assert ours.turn(turn, [free, near], "idle").plain().guessed
    found = ours.weigh(turn, [free, near], "idle", None, ears)
    assert (found.practice, found.guessed) == ("manifesto", False)


def test_the_phrase_that_the_second_network_favors_is_taken(ours: Understander) -> None:
    """Of two that the first hears alike; what was not asked about is no longer looked at."""
    free = Found("lore", -4.0, 3, -12.0)
    near = [Found("slower", -3.0, 3, -9.0), Found("louder", -3.2, 3, -9.2)]
    for said, other in (("louder", "slower"), ("slower", "louder")):
        thinks = Opinion(((said, 1.0),), (Found(said, -0.5, 2), Found(said, -0.5, 2), Found(other, -9.0, 3)))
        found = ours.turn(Turn("Lore.", -1.3), [free, *near], "guiding").seconded(thinks, 0.5)
        assert found is not None
        assert (found.phrases, found.others) == ((said,), (other,))
    alone = Opinion((("slower", 1.0),), (Found("slower", -0.5, 2), Found("slower", -0.5, 2)))
    found = ours.turn(Turn("Lore.", -1.3), [free, *near], "guiding").seconded(alone, 0.5)
    assert found is not None
    assert (found.phrases, found.others) == (("slower",), ())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.tuples(st.sampled_from(["Help us calm down.", "The bus.", "", "stop"]), st.floats(0, 1)), max_size=5
    ),
    fit=st.floats(-60, 0),
)
def test_what_the_second_network_adds_is_bounded(
    ours: Understander, texts: list[tuple[str, float]], fit: float
) -> None:
    """For any texts with shares of 1 in all, and any fit; the first network's evidence stays as it is."""
    whole = sum(share for _, share in texts) or 1.0
    scored = [Found("x", -5.5, 5, -25.0), DOUBTFUL]
    found = ours.turn(PASSED, scored, "idle").evidence()
    thinks = opinion(["x", DOUBTFUL.phrase], *((text, share / whole) for text, share in texts), fit=fit)
    more = ours.turn(PASSED, scored, "idle").seconded(thinks)
    assert found is not None
    assert more is not None
    assert more.evidence[: len(FEATURES)] == found.evidence
    added = more.evidence[len(FEATURES) :]
    assert len(added) == len(SECOND)
    assert all(0.0 <= one <= 1.0 + 1e-9 for one in added[:3])
    assert all(-6.0 <= one <= 6.0 for one in added[3:])
