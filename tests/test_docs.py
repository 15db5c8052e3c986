"""The documents say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voice.guiding.transitions import TRANSITIONS, State

ARCHITECTURE = Path(__file__).parent.parent / "docs" / "architecture.md"


def state_diagram() -> str:
    """The transition table as a Mermaid diagram, arrows with the same ends joined."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for (state, trigger), transition in TRANSITIONS.items():
        for to in transition.to:
            arrows.setdefault((state, to), []).append(trigger)
    lines = [f"    {a} --> {b}: {', '.join(sorted(set(triggers)))}" for (a, b), triggers in sorted(arrows.items())]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> idle", *lines, "```"])


def test_the_state_diagram_is_the_table(request: pytest.FixtureRequest) -> None:
    """docs/architecture.md shows exactly the transitions of the code; ``pytest --regen`` rewrites it."""
    text = ARCHITECTURE.read_text()
    now = re.sub(
        r"(<!-- states -->\n).*(<!-- /states -->)", lambda m: m[1] + state_diagram() + "\n" + m[2], text, flags=re.S
    )
    if request.config.getoption("--regen"):
        ARCHITECTURE.write_text(now)
        text = now
    assert text == now
