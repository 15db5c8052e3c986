"""How soon a decision comes after the end of speech, in real time, and what hearing costs the machine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import psutil

from benchmarks.hearing_parts.evidence import BLOCK
from benchmarks.hearing_parts.items import ROOT
from benchmarks.hearing_parts.sounds import NEAR, RATE, REPORT, ROOM_20, VOICES, Sound, Studio
from voice.events import Ignored, Understood
from voice.hearing.listener import Listener
from voice.hearing.recognizer import Recognizer
from voice.understanding.intents import load_intents
from voice.understanding.understander import Understander

SAID = (("help us calm down", "idle"), ("stop", "guiding"), ("start the debrief", "idle"), ("how long", "guiding"),
        ("give us twenty minutes apart", "idle"), ("pause", "guiding"))  # fmt: skip
"""What is said, and in which state."""
LEAD_S = 0.7
"""Silence before each phrase, seconds: see ``Studio.heard``."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What was measured."""

    delays_s: Sequence[float]
    """From the end of speech to the decision, computing time included, seconds."""
    talk: float
    """Processor seconds for each second of talk, over all cores, as a share of the machine."""
    silence: float
    """Processor seconds for each second of silence, as a share of one core."""
    cores: int
    load: float
    """Mean load of the machine over the last minute, of which about one is this measurement's."""


def measured(studio: Studio, recognizer: Recognizer) -> Cost:
    """Play in real time to the engine in its own process."""
    understander = Understander(load_intents([ROOT / "intents"]))
    listener = Listener(recognizer, understander, clock=lambda frame: frame / RATE)
    clips = [
        (studio.heard(studio.said(text, voice), NEAR, text + voice, 1), len(studio.said(text, voice)), state)
        for voice in VOICES[REPORT]
        for text, state in SAID
    ]
    for sound, _, state in clips[: len(SAID)]:
        _delay(listener, sound, 0, state)
    delays = [_delay(listener, sound, frames, state) for sound, frames, state in clips]
    cores = psutil.cpu_count() or 1
    talk = np.concatenate([studio.said(text, voice) for text, _ in SAID for voice in VOICES[REPORT]])
    told = _cost(listener, studio.heard(talk, ROOM_20, "cost", 1)) / cores
    quiet = _cost(listener, np.random.default_rng(1).normal(0, 1e-4, 20 * RATE).astype(np.float32))
    return Cost([delay for delay in delays if delay is not None], told, quiet, cores, psutil.getloadavg()[0])


def _delay(listener: Listener, sound: Sound, frames: int, state: str) -> float | None:
    """Seconds from the last frame of speech to the decision; None where none came."""
    listener.attend(state, None)
    began = time.perf_counter()
    over = began + LEAD_S + frames / RATE
    for at in range(0, len(sound), BLOCK):
        time.sleep(max(0.0, began + (at + BLOCK) / RATE - time.perf_counter()))
        events = listener.feed(sound[at : at + BLOCK])
        if any(isinstance(event, Understood | Ignored) for event in events):
            return time.perf_counter() - over
    return None


def _cost(listener: Listener, sound: Sound) -> float:
    """Processor seconds of all processes for each second of sound."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    before = sum(sum(process.cpu_times()[:2]) for process in family)
    for at in range(0, len(sound), BLOCK):
        listener.feed(sound[at : at + BLOCK])
    listener.finish()
    return (sum(sum(process.cpu_times()[:2]) for process in family) - before) / (len(sound) / RATE)
