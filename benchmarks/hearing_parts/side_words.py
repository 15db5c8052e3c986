"""Single words that answer nothing, by synthetic voices, while something is asked: more to learn rejection from than
the few people at hand say."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.hearing_parts.items import WORDS, Item
from benchmarks.hearing_parts.sets import made_up_questions
from benchmarks.hearing_parts.sounds import NEAR, ROOM_10, ROOM_20, VOICES
from voice.understanding.words import word_set

SAID = sorted(
    word_set(
        "arm ball bath bean bear bell bench bike blue boat bone book boot bottle bowl box boy branch bread bridge "
        "broom brush bus butter button cake candle car card chair cheese child chin church clock cloud coat coin cold "
        "cook corn corner cow crown cup curtain desk dinner door dream dress drum duck dust ear earth egg face farm "
        "feather field finger fish flag floor flower fog fork fox friend frog fruit game garden gate ghost girl glass "
        "gold goose grass green hair hammer hat heart hill hole horse hour ice island jam juice key king kiss knee "
        "knife lake lamp leaf leg lemon light line lion lock lunch map market match meat milk mirror money moon mother "
        "mouse mouth nail neck nest night nose note nut ocean onion orange owl page paint pan paper park path pen "
        "pencil people phone photo piano pig pillow pipe plane plant plate pocket pond pool pot potato purse queen "
        "rabbit rain red rice ring river road rock roof room root rope rose salt sand school sea seat seed sheep shelf "
        "ship shirt shoe shoulder sister skin sky sleep smile smoke snow soap song soup spoon spring square stair star "
        "station stick stone store storm street string sugar summer sun table tail taxi tea tooth town toy train tray "
        "turtle uncle valley village voice wall watch water wave wheel white wind window winter wolf woman wood wool "
        "yard"
    )
)
"""Everyday words, none of them an answer of ours or near to one in sound ("know", "nine" and "knot" are not here)."""


def side_words(part: int, many: int = 360) -> Iterator[Item]:
    """Words of ``SAID`` while one of our questions, or the closed set of the people's words, is asked."""
    rng = random.Random(17 + part)
    questions = [WORDS, *made_up_questions()]
    for number in range(many):
        asked = WORDS if number % 3 == 0 else rng.choice(questions)
        word, voice = rng.choice(SAID), rng.choice(VOICES[part])
        condition = rng.choice((NEAR, ROOM_20, ROOM_10))
        yield Item("side words", word, voice, condition, {}, "asking", asked, part=part)
