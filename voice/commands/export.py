"""``attune export homeassistant``: custom sentences for Home Assistant, and the script that answers them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from voice.app import load_content
from voice.commands.options import options_of
from voice.errors import DeviceError

ABOUT = "# Written by `attune export homeassistant`; a new export replaces it.\n"


def run(args: argparse.Namespace) -> int:
    """Write the files, and say where they belong; raises ``DeviceError`` where they cannot be written."""
    from voice.rooms.answers import of_the_house
    from voice.rooms.export import homeassistant_files

    for name, content in homeassistant_files(of_the_house(load_content(options_of(args)))).items():
        _write(args.output / name, content)
    print(f"Copy custom_sentences/ from {args.output} into Home Assistant's configuration folder,")
    print("and add to configuration.yaml:  intent_script: !include attune_intent_script.yaml")
    return 0


def _write(path: Path, content: dict[str, Any]) -> None:
    import yaml

    text = ABOUT + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DeviceError(f"{path} cannot be written ({error.strerror}).", "Name another folder: -o DIR") from error
