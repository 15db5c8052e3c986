"""The checks of each part: content, devices, recognizer, voice, clock, and the folders where things are kept."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

from voice.app import Options, load_content, load_understander, open_ears, open_voice
from voice.checkup.findings import Check, Finding
from voice.errors import DeviceError
from voice.hearing.microphone import Microphone
from voice.keeping.everything import folders_written
from voice.keeping.settings import load_home
from voice.keeping.timekeeping import follows_another
from voice.speaking.loudspeaker import Loudspeaker


def checks(options: Options) -> dict[str, Check]:
    """Every check by the part it looks at, in the order in which they help."""
    return {
        "practices": partial(_content, options),
        "microphone": _microphone,
        "loudspeaker": _loudspeaker,
        "recognizer": partial(_recognizer, options),
        "voice": partial(_voice, options),
        "clock": _clock,
        "folders": _folders,
    }


def _content(options: Options) -> Finding:
    content = load_content(options)
    count = len(content.practices)
    sentences = len(content.understander.intents.templates)
    says, figures = f"{count} practices, {sentences} sentence templates.", {"practices": count}
    if content.left_out:
        first = content.left_out[0]
        remedy = f"Mend it, and see: attune check {first.path.parent}"
        return Finding("practices", False, f"{says} Left out: {first}.", remedy, figures)
    return Finding("practices", True, says, "", figures)


def _microphone() -> Finding:
    microphone = Microphone.open(load_home().microphone)
    try:
        return Finding(
            "microphone", True, f"{microphone.name}, {microphone.rate} Hz.", "", {"rate_hz": microphone.rate}
        )
    finally:
        microphone.close()


def _loudspeaker() -> Finding:
    speaker = Loudspeaker.open(load_home().loudspeaker)
    try:
        figures = {"rate_hz": speaker.rate, "latency_ms": round(1000 * speaker.latency_s, 1)}
        says = f"{speaker.name}, {speaker.rate} Hz, {1000 * speaker.latency_s:.0f} ms from mixing to sound."
        return Finding("loudspeaker", True, says, "", figures)
    finally:
        speaker.close()


def _recognizer(options: Options) -> Finding:
    began = time.monotonic()
    ears = open_ears(lambda: load_understander(options), options)
    try:
        ears.wait_ready()
        ready_s = round(time.monotonic() - began, 2)
        figures: dict[str, float | str] = {"engine": ears.name, "ready_after_s": ready_s}
        return Finding("recognizer", True, f"{ears.name}, ready after {ready_s} s.", "", figures)
    finally:
        ears.close()


def _voice(options: Options) -> Finding:
    voice = open_voice(48_000, options)
    try:
        phrase = voice.say("one, two, three, four")
        if not phrase.samples.any():
            raise DeviceError("The voice gives no sound.", "Try: espeak-ng test")
        return Finding("voice", True, f"{voice.name}.", "", {"voice": voice.name})
    finally:
        voice.close()


def _clock() -> Finding:
    zone = time.strftime("%Z")
    figures = {"zone": zone, "synchronized": "yes" if follows_another() else "no"}
    if follows_another():
        return Finding("clock", True, f"It is {time.strftime('%H:%M')} {zone}.", "", figures)
    says = f"It says {time.strftime('%H:%M')} {zone}, but follows no time server."
    return Finding("clock", True, says, "Compare it with another clock; promises rely on it.", figures)


def _folders() -> Finding:
    for what, folder in folders_written().items():
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        if not os.access(nearest, os.W_OK):
            raise DeviceError(f"Nothing can be written to {folder} ({what}).", f"Make {nearest} writable for yourself.")
    places = ", ".join(dict.fromkeys(_short(folder) for folder in folders_written().values()))
    return Finding("folders", True, f"{places}.")


def _short(folder: Path) -> str:
    """A path without the name of whoever's home it is."""
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)
