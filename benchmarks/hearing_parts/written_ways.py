"""Other ways of saying controls and starts that the templates know, in rooms: more to learn from than the fitting half
of ``phrases.yaml``, of which hardly any is misheard for another."""

from __future__ import annotations

import random
from collections.abc import Iterator

from ruamel.yaml import YAML

from benchmarks.hearing_parts.items import HERE, ROOT, Item
from benchmarks.hearing_parts.sounds import ROOM_10, ROOM_20, VOICES
from voice.understanding.intents import load_intents
from voice.understanding.meanings import IDLE_STATES
from voice.understanding.phrases import ways
from voice.understanding.understander import Understander

WAYS, LONGEST = 2, 6
"""Phrases of each template, and the words of the longest."""
VOICES_EACH = {"guiding": 3, "idle": 1}
"""Voices that say each."""


def written_ways(part: int) -> Iterator[Item]:
    """Each by some voices, in turn in a room at 20 and at 10 dB; nothing of ``phrases.yaml``."""
    rng = random.Random(23 + part)
    for state, want, text in _phrases():
        for voice in rng.sample(VOICES[part], VOICES_EACH[state]):
            yield Item("written ways", text, voice, rng.choice((ROOM_20, ROOM_10, ROOM_10)), want, state, part=part)


def _phrases() -> list[tuple[str, dict[str, str], str]]:
    """State, what is meant, and the words."""
    told = YAML(typ="safe").load((HERE / "phrases.yaml").read_text())
    known = {text.lower() for kind in ("starts", "controls") for texts in told[kind].values() for text in texts}
    understander = Understander(load_intents([ROOT / "intents"]))
    found: dict[str, tuple[str, dict[str, str], str]] = {}
    for template in understander.intents.templates:
        meaning = template.meaning
        state = "guiding" if meaning.control and meaning.counts("guiding") else "idle"
        if meaning.safety or meaning.answer or not meaning.counts(state) or "{" in template.text:
            continue
        for phrase in ways(template, understander.intents, WAYS):
            heard = understander.understand(phrase, state)
            if phrase in known or len(phrase.split()) > LONGEST or heard.score < understander.thresholds.exact:
                continue
            if state == "guiding" and heard.control == meaning.control:
                found.setdefault(phrase, (state, {"control": meaning.control}, phrase))
            elif state in IDLE_STATES and meaning.starts and heard.practice and heard.practice == meaning.practice:
                found.setdefault(phrase, (state, {"practice": heard.practice}, phrase))
    return list(found.values())
