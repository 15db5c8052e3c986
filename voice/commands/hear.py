"""``attune hear``: what would be understood of recordings."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from voice.commands.options import options_of
from voice.commands.understand import open_understander
from voice.drives.virtual import HEARING_RATE, read_wav
from voice.events import Heard, Ignored, Understood
from voice.hearing.listener import Listener
from voice.hearing.recognizer import UNHURRIED_S, Recognizer, open_recognizer
from voice.hearing.turns import PATIENCE_MS
from voice.understanding.understander import Understander

BLOCK = HEARING_RATE // 50
"""Recordings are heard in blocks of 20 ms, as a microphone would give them."""
WHOLE_MS = 1200
"""Silence within a recording of another domain that is no end, milliseconds: people think amid an order."""


def run(args: argparse.Namespace) -> int:
    """Print one JSON object per recording, in order; the first turn that would start something counts."""
    understander = open_understander(args.intents, args.data)
    expected = [answer.strip() for answer in args.expect.split(",")] if args.expect else None
    options = options_of(args)
    recordings = [(path, read_wav(path)) for path in args.recordings]
    words = expected or understander.words()
    recognizer = open_recognizer(options.engine, options.model, words, answer_s=UNHURRIED_S)
    try:
        for path, samples in recordings:
            print(
                json.dumps(_heard(path, samples, recognizer, understander, args.state, expected), ensure_ascii=False),
                flush=True,
            )
    finally:
        recognizer.close()
    return 0


def _heard(
    path: Path, samples: Any, recognizer: Recognizer, understander: Understander, state: str, expected: list[str] | None
) -> dict[str, Any]:
    listener = Listener(recognizer, understander, clock=lambda frame: frame / HEARING_RATE)
    listener.attend("asking" if expected else state, expected, patience_of(understander))
    events = [
        event for start in range(0, len(samples), BLOCK) for event in listener.feed(samples[start : start + BLOCK])
    ]
    events += listener.finish()
    texts = [event.text for event in events if isinstance(event, Heard) and event.final]
    understood = next((event for event in events if isinstance(event, Understood)), None)
    why = next((event.why for event in events if isinstance(event, Ignored)), "nobody spoke")
    described: dict[str, Any] = {
        "input": str(path),
        "text": " ".join(texts).strip(),
        "intent": understood.intent if understood else None,
        "practice": understood.practice if understood else None,
        "slots": dict(understood.slots) if understood else {},
        "score": round(understood.score, 3) if understood else 0.0,
        "why": None if understood else why,
    }
    return described | ({"answer": understood.answer if understood else None} if expected else {})


def patience_of(understander: Understander) -> int:
    """Silence that ends a turn, milliseconds: where people do not talk to each other, a recording is one sentence."""
    return PATIENCE_MS if understander.among_talk else WHOLE_MS
