"""``attune scripts``: every practice, about how long it takes, what to say for it, and where it comes from."""

from __future__ import annotations

import argparse

from platformdirs import user_config_path

from voice.app import load_content
from voice.commands.options import options_of
from voice.content import APP, builtin_folder
from voice.guiding.length import in_words, length_s
from voice.packs import origin_of
from voice.understanding.phrases import ways_of_asking


def run(args: argparse.Namespace) -> int:
    """Print a few lines for each practice."""
    content = load_content(options_of(args))
    config, builtin = user_config_path(APP), builtin_folder("scripts")
    for practice in content.practices.values():
        said = ", or ".join(f'"{way}"' for way in ways_of_asking(practice.id, content.understander, most=2))
        print(f"{practice.id:22} {practice.script.title}, {in_words(length_s(practice))}")
        print(f"{'':22} {practice.script.about}")
        print(f"{'':22} Say: {said}" if said else f"{'':22} No phrase starts it yet; intents/ can name one.")
        print(f"{'':22} {origin_of(practice.document.path, config, builtin)}: {practice.document.path}")
    return 0
