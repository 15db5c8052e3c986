"""``attune new practice ID``: a practice to begin from, with the phrase that starts it."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from voice.content import APP, builtin_folder
from voice.errors import DeviceError
from voice.references import taken_names
from voice.understanding.intents import load_intents

SCRIPT = """\
# yaml-language-server: $schema={schema}
title: {title}
about: One sentence on what happens.
source: "ours"
kind: small   # calming: the two count as upset for a while; talk: it ends with the closing sentence
settings: {{minutes: 0.6}}
steps:
  - say: "I'm here. Breathe in."
  - breathe: {{minutes: $minutes, in: 4, out: 6}}
  - tone: soft-tone
  - ask: {{say: "Again, or enough?", expect: {{again: repeat, enough: end}}, silence: end}}
"""
SENTENCES = """\
# What starts it: (one|or the other), [left out or not].
language: en
intents:
  {intent}:
    data:
      - sentences: ["let's (do|have|try) [the|a|our] {spoken}", "(start|help us with) [the|a|our] {spoken}"]
        metadata: {{starts: {name}, when: [idle, paused]}}
"""


def run(args: argparse.Namespace) -> int:
    """Write two files and say what to do with them; raises ``DeviceError`` rather than write over anything."""
    name = args.name
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise DeviceError(f"'{name}' cannot be an id.", "Use small letters, digits and hyphens: kitchen-breath")
    folder = args.folder or _own_folder()
    script, sentences = folder / "scripts" / f"{name}.yaml", folder / "intents" / f"{name}.yaml"
    if taken_names([script], load_intents([builtin_folder("intents")])):
        raise DeviceError(f"'{name}' is a word that steers.", "Take another id.")
    if (builtin_folder("scripts") / script.name).is_file():
        raise DeviceError(f"'{name}' is one of Attune's own practices.", "Take another id.")
    for path in (script, sentences):
        if path.exists():
            raise DeviceError(f"{path} is there already.", "Take another id.")
    _write(script, SCRIPT.format(title=name.replace("-", " ").capitalize(), schema=_schema()))
    intent = "".join(part.capitalize() for part in name.split("-"))
    _write(sentences, SENTENCES.format(intent=intent, spoken=name.replace("-", " "), name=name))
    where = f"--data {folder} " if args.folder else ""
    print(f"Written: {script}\n         {sentences}\nChange them, then:")
    print(f"  attune check {folder}\n  attune {where}rehearse {name}")
    return 0


def _own_folder() -> Path:
    from platformdirs import user_config_path

    return user_config_path(APP)


def _schema() -> Path:
    return builtin_folder("scripts") / "script.schema.json"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise DeviceError(f"{path} cannot be written ({error.strerror}).", "Name a folder of your own.") from error
