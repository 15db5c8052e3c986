"""Whether a script goes round without end where nobody answers: a segment is laid out before it is played, so one
without end never would be, and an empty room would be asked for ever."""

from __future__ import annotations

from collections.abc import Sequence

from voice.guiding.steps import Choose, Script, Step

Way = tuple[frozenset[str], bool]
"""Labels that some steps may jump to though no question is answered, and before anybody is listened to or waited
for; whether they may come to their own end then."""


def endless(script: Script) -> dict[str, int]:
    """The labels from which a script may come back to them though no question is answered, and which step they
    are."""
    firsts = {step.label: at for at, step in enumerate(script.steps) if step.label}
    firsts = {"repeat": 0} | firsts
    onward = {label: _way(script.steps[at:])[0] for label, at in firsts.items()}
    return {label: at for label, at in firsts.items() if label in _reached(label, onward)}


def _reached(label: str, onward: dict[str, frozenset[str]]) -> set[str]:
    found, waiting = set[str](), list(onward[label])
    while waiting:
        target = waiting.pop()
        if target not in found:
            found.add(target)
            waiting += onward.get(target, ())
    return found


def _way(steps: Sequence[Step]) -> Way:
    found: frozenset[str] = frozenset()
    for step in steps:
        more, goes_on = _of(step)
        found |= more
        if not goes_on:
            return found, False
    return found, True


def _of(step: Step) -> Way:
    if step.goto:
        return frozenset({step.goto} - {"next", "end"}), step.goto == "next"
    if step.each:
        return _way(step.each)
    if isinstance(step.body, Choose):
        ways = [_way(action) for action in (*step.body.cases.values(), step.body.otherwise)]
        return frozenset().union(*(found for found, _ in ways)), any(goes_on for _, goes_on in ways)
    if step.ask:
        return _way(step.ask.silence)
    waits = step.turn or step.keep or step.start or step.measure is not None
    return frozenset(), not waits
