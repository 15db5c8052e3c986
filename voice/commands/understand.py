"""``attune understand``: text to intent and slots, without sound."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from voice.content import folders
from voice.keeping.settings import load_home
from voice.understanding.intents import load_intents
from voice.understanding.understander import Recognition, Understander


def run(args: argparse.Namespace) -> int:
    """Print one JSON object per text, in order."""
    understander = open_understander(args.intents, args.data)
    for text in args.texts:
        print(json.dumps(described(text, understander.understand(text, args.state)), ensure_ascii=False), flush=True)
    return 0


def open_understander(instead: Path | None, data: list[Path]) -> Understander:
    """Over the sentence files of ``instead``, which may be anybody's, or over ours and the user's."""
    if instead:
        return Understander(load_intents([instead], foreign=True))
    return Understander(load_intents(folders("intents", data, load_home().language)))


def described(given: str, recognition: Recognition) -> dict[str, Any]:
    """A recognition as one JSON object."""
    return {
        "input": given,
        "text": recognition.text,
        "intent": recognition.intent,
        "practice": recognition.practice,
        "slots": dict(recognition.slots),
        "score": round(recognition.score, 3),
        "why": recognition.why,
    }
