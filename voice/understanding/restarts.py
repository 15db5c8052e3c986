"""People who begin again: "a small, no, a large latte" is a large one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

AGAIN = tuple(
    tuple(way.split())
    for way in (
        "no wait", "oh wait", "no sorry", "oh sorry", "no make that", "no i mean", "or rather", "no actually", "i mean",
        "make that", "make it", "scratch that", "wait", "sorry", "no", "actually", "um", "uh", "uhm", "erm", "er", "oh",
    )
)  # fmt: skip
"""What is said where one begins again, longer ones first."""


def begun_again(heard: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """What may have been meant by words in which somebody begins again, most words kept first."""
    words = tuple(heard)
    for at in range(1, len(words)):
        way = next((way for way in AGAIN if words[at : at + len(way)] == way), None)
        rest = words[at + len(way) :] if way else ()
        if rest:
            yield from (words[:start] + rest for start in range(at - 1, -1, -1))
