"""``attune model``: lists, fetches and chooses recognizer models."""

from __future__ import annotations

import argparse


def run(args: argparse.Namespace) -> int:
    """Hand over to the part that knows models."""
    from voice.hearing.model_command import run as run_model

    return run_model(args)
