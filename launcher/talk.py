"""How the set-up speaks to people, and how it gives up."""

from __future__ import annotations

import sys


class Refusal(Exception):
    """The set-up cannot go on; its text says what is missing and what to type."""


def say(sentence: str) -> None:
    """One line on standard error: standard output is kept for results."""
    print(f"attune: {sentence}", file=sys.stderr, flush=True)
