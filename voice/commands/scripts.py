"""``attune scripts``: every practice, what it is and where it comes from."""

from __future__ import annotations

import argparse

from voice.app import load_content
from voice.commands.options import options_of


def run(args: argparse.Namespace) -> int:
    """Print a line or two for each practice."""
    for practice in load_content(options_of(args)).practices.values():
        print(f"{practice.id:24} {practice.script.title}")
        print(f"{'':24} {practice.script.about}")
        print(f"{'':24} {practice.document.path}")
    return 0
