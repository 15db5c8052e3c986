"""The likeliest phrase of a turn, and everything that is known of it.

Phrases compete by what the sound adds to them: their log probability given the sound, less a share of what the
recognizer likes to hear anyway. Whether the best of them is believed is told by :mod:`voice.understanding.confidence`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from voice.understanding.costs import POLITE
from voice.understanding.recognition import Heard, Recognition
from voice.understanding.sounds import sound
from voice.understanding.words import split

FEATURES = (
    "mean", "behind", "behind_token", "gain_token", "margin", "spelling", "hearing", "exact", "tokens", "short",
    "free", "no_speech", "nothing", "turned", "agrees", "text", "unlike", "busy", "letters", "shorter", "longer",
    "literal",
)  # fmt: skip
"""Names of the evidence, in the order of the weights."""
SECOND = (
    "second_alike", "second_mean", "second_agrees", "second_fits", "second_behind", "second_behind_token",
    "second_margin",
)  # fmt: skip
"""Names of what the second network adds. Of its texts: how alike the likeliest phrase of that meaning and the text most
like it sound; the same over all its texts, by their shares; the share of texts that mean the same. Of the phrases: how
well the best of that meaning fits; how far it is behind the likeliest text, in all and for each token; its lead over
phrases of other meanings."""
FAR = 10.0
"""Log probability: a rival farther behind is none."""
LONG = 16
"""Letters of a phrase that is hardly heard in what is none."""
MUCH_MORE = 1.5
"""Letters heard for one of a start, beyond which more was said."""
MOST = 6
"""Phrases of which the meaning is looked up."""
NEAR_LETTERS = 1.0
"""Letters by which the free text may differ from a sentence with values and still be it: less than any word weighs, and
as much as five courtesies. One that is only near says by its spelling which value or answer was meant ("and toasted":
dark toasted; "one": on): the sound knows better."""

ADDS = 3.0
"""Log probability that the sound must add to a text for it to be what was said. Source: of 244 words of people and
voices of the fitting part, near and in rooms at 20 and 10 dB, the sound added 4.6 to each; to a "No." that noise was
taken for, 0.6 to 2.1. Of all right phrases of that part 14 answers had less, and none of them more than 0.33 of
confidence."""


Key = tuple[str | None, ...]
"""Tells one meaning from another: see :func:`key`."""


class Scored(Protocol):
    """A phrase compared with the sound, as a recognizer gives it."""

    @property
    def phrase(self) -> str:
        """The words."""
        ...

    @property
    def total(self) -> float:
        """Natural log probability given the sound."""
        ...

    @property
    def tokens(self) -> int:
        """Tokens it is the sum of."""
        ...

    @property
    def prior(self) -> float:
        """The same without sound."""
        ...


@dataclass(frozen=True, slots=True)
class Weighed:
    """The best phrase of a turn with all that is known of it."""

    meaning: Recognition
    """What it would mean."""
    kind: str
    """``start``, ``stop``, ``control``, ``answer`` or ``slots``: what has weights of its own."""
    evidence: tuple[float, ...]
    """Values of ``FEATURES``, and after the second network was asked also of ``SECOND``."""
    rival: Recognition | None
    """The next best of another meaning."""
    phrases: tuple[str, ...] = ()
    """The phrases of that meaning, every slot the same, likeliest first."""
    others: tuple[str, ...] = ()
    """Those of other meanings, likeliest first."""
    borne_out: bool = True
    """Whether the sound speaks for the best phrase (:func:`adds`), and where it was asked the second network."""
    part: bool = False
    """Whether it is a start that the second network heard as a part of more: then it is no near miss either."""


def weigh(
    transcript: Heard,
    free: Scored,
    scored: Sequence[Scored],
    plain: Recognition,
    meaning_of: Callable[[str], Recognition],
    nothing: float,
    turned: bool,
    busy: bool,
    share: float,
    asked: float = 0.0,
    favored: Mapping[str, float] | None = None,
    first: Key | None = None,
) -> Weighed | None:
    """The best phrase and its evidence, or None where no phrase means anything.

    ``share`` of the prior is taken off before phrases are compared; ``asked`` is added to answers, where one was asked
    for, and to what is never less likely than they: "stop", and words of danger. ``favored``: what the second
    network's opinion of a phrase adds to it; others are not looked at. ``first``: the meaning to look at, though others
    may be likelier; then its lead may be negative.

    ``free`` is the free text itself, scored, ``plain`` what it means; ``nothing`` the classifier's probability that
    nothing is meant by it, ``turned`` whether it begins by refusing, ``busy`` whether a practice runs, in which most of
    what is said is for the guide.
    """

    def rank(one: Scored, meaning: Recognition | None = None) -> float:
        more = favored[one.phrase] if favored else 0.0
        return one.total - share * one.prior + more + (asked if meaning and is_awaited(meaning) else 0.0)

    looked_at = [one for one in scored if not favored or one.phrase in favored]
    ranked = sorted(looked_at, key=lambda one: -rank(one))[: len(looked_at) if asked or first else MOST]
    meant = [(one, plain if one is free else meaning_of(one.phrase)) for one in ranked]
    meant.sort(key=lambda pair: -rank(*pair))
    meant = [
        (one, meaning)
        for one, meaning in meant
        if meaning.intent is not None
        and _may(meaning, plain)
        and not (is_rough(plain) if one is free else _says_more(transcript.text, one.phrase, meaning))
    ]
    if first is not None:
        meant.sort(key=lambda pair: key(pair[1]) != first)
    if not meant or first not in (None, key(meant[0][1])):
        return None
    best, meaning = meant[0]
    rivals = [(one, other) for one, other in meant if key(other) != key(meaning)]
    margin = max(-FAR, min(FAR, rank(best, meaning) - rank(*rivals[0]))) if rivals else FAR
    spelling, hearing = likeness(transcript.text, best.phrase)
    heard, said = (sum(map(len, split(text))) for text in (transcript.text, best.phrase))
    behind = free.total - best.total
    evidence = (
        best.total / best.tokens,
        max(-5.0, min(30.0, behind)) / 10,
        max(-2.0, min(4.0, behind / best.tokens)),
        max(-2.0, min(8.0, (best.total - best.prior) / best.tokens)),
        margin / 10,
        spelling,
        hearing,
        float(spelling >= 0.99),
        min(best.tokens, 12) / 12,
        float(best.tokens <= 3),
        max(-5.0, transcript.log_prob),
        transcript.no_speech,
        nothing,
        float(turned),
        float(key(plain) == key(meaning)),
        plain.score * (key(plain) == key(meaning)),
        nothing * (1.0 - hearing),
        float(busy),
        min(said, LONG) / LONG,
        max(0.0, min(2.0, (heard - said) / LONG)),
        max(0.0, (said - heard) / LONG),
        float(meaning.answer is not None and split(best.phrase) == split(meaning.answer)),
    )
    alike = [one.phrase for one, other in meant if (key(other), other.slots) == (key(meaning), meaning.slots)]
    others = [one.phrase for one, other in meant if one.phrase not in alike]
    rival = rivals[0][1] if rivals else None
    return Weighed(meaning, kind_of(meaning), evidence, rival, tuple(alike), tuple(others), adds(best))


def without_rival(weighed: Weighed) -> Weighed:
    """The same, had nothing else been near."""
    names = (*FEATURES, *SECOND)[: len(weighed.evidence)]
    alone = {"margin": FAR / 10, "second_margin": 1.0}
    evidence = tuple(alone.get(name, value) for name, value in zip(names, weighed.evidence, strict=True))
    return replace(weighed, evidence=evidence, rival=None)


def _may(meaning: Recognition, plain: Recognition) -> bool:
    """Words of danger count only as they were written down: of a garbled sentence none is made."""
    return "safety" not in meaning.metadata or key(meaning) == key(plain)


def _says_more(heard: str, phrase: str, meaning: Recognition) -> bool:
    """Whether a start that must be all that is said is a part of it: "good night, sleep tight" is no "good night", not
    even where "both night, sleep tight" was heard."""
    if not (meaning.starts and meaning.metadata.get("whole")):
        return False
    words, part = split(heard), "".join(split(phrase))
    if sum(len(word) for word in words if word not in POLITE) > MUCH_MORE * len(part):
        return True
    spans = [(at, end) for at in range(len(words)) for end in range(at + 1, len(words) + 1)]
    said = [words[:at] + words[end:] for at, end in spans if "".join(words[at:end]) == part]
    return any(set(rest) - POLITE for rest in said)


def is_awaited(meaning: Recognition) -> bool:
    """Whether something is as likely as an answer where one was asked for."""
    return meaning.answer is not None or meaning.control == "stop" or "safety" in meaning.metadata


def is_rough(plain: Recognition) -> bool:
    """Whether a text is near a sentence and not it: then the sentences near to it compete, and not the text."""
    return bool(plain.slots or plain.answer) and plain.off > NEAR_LETTERS and not plain.guessed


def adds(one: Scored) -> bool:
    """Whether the sound speaks for a text, and it is not what the recognizer hears in any noise ("No.")."""
    return one.total - one.prior >= ADDS


def kind_of(meaning: Recognition) -> str:
    """The kind of a meaning; "stop" and "pause" need less than other controls: to be silent does no harm."""
    if meaning.answer is not None:
        return "answer"
    if meaning.control in ("stop", "pause"):
        return "stop"
    if meaning.starts or meaning.practice is not None:
        return "start"
    return "control" if meaning.control is not None or "safety" in meaning.metadata else "slots"


def key(meaning: Recognition) -> Key:
    """What tells one meaning from another, slots aside."""
    return (meaning.intent, meaning.practice, meaning.answer)


def likeness(heard: str, phrase: str) -> tuple[float, float]:
    """How alike two texts are, 0 to 1: as spelled, and as they sound."""
    from rapidfuzz import fuzz

    left, right = split(heard), split(phrase)
    spelled = fuzz.ratio(" ".join(left), " ".join(right)) / 100
    sounded = fuzz.ratio("".join(map(sound, left)), "".join(map(sound, right))) / 100
    return spelled, sounded
