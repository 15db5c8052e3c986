"""One understander over our sentences for all tests of this folder: it takes half a second to build."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.guiding.lines import lines_of
from voice.guiding.practice import load_practices
from voice.understanding.intents import load_intents
from voice.understanding.understander import Understander

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def ours() -> Understander:
    """Over ``intents/``; it knows what the guide says."""
    guided = lines_of(load_practices([ROOT / "scripts"]).values())
    return Understander(load_intents([ROOT / "intents"]), guided=guided)
