"""Sentence files that have nothing to do with Attune mean what they mean to hassil."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.understanding.intents import load_intents
from voice.understanding.understander import Understander


def over(folder: Path, text: str) -> Understander:
    """Of one sentence file."""
    (folder / "foreign.yaml").write_text("language: en\n" + text, encoding="utf-8")
    return Understander(load_intents([folder]))


@pytest.mark.parametrize(("said", "value"), [("Bath", "bath"), ("bath spa", "bath spa"), ("leeds", "Leeds")])
def test_a_value_that_is_a_template_is_as_it_was_said(tmp_path: Path, said: str, value: str) -> None:
    """Where no ``out`` is written, and the value may be said in several ways, it is the way that was."""
    understander = over(
        tmp_path,
        "intents: {Go: {data: [{sentences: ['go to {town}']}]}}\nlists: {town: {values: ['Bath [Spa]', Leeds]}}\n",
    )
    assert understander.understand(f"go to {said}", "idle").slots == {"town": value}
