"""Which microphone and loudspeaker the welcome takes, by what each pair hears of itself; loudness stays after it."""

from __future__ import annotations

import pytest

from voice.checkup.devices import MOST_PAIRS, Tried, best, pairs
from voice.errors import DeviceError


def room(works: dict[tuple[str | None, str | None], float | None], dead: set[str | None] = frozenset()) -> object:  # type: ignore[assignment]
    """A machine on which these pairs open, and hear the chirp so loud."""

    def attempt(microphone: str | None, loudspeaker: str | None) -> Tried:
        if (microphone, loudspeaker) not in works:
            raise DeviceError(f"{microphone} refuses.", "")
        noise = -120.0 if microphone in dead else -60.0
        return Tried(microphone, loudspeaker, noise, works[microphone, loudspeaker])

    return attempt


def chosen(microphones: list[str], loudspeakers: list[str], attempt: object) -> tuple[str | None, str | None]:
    """The pair's names."""
    found = best(microphones, loudspeakers, attempt)  # type: ignore[arg-type]
    return found.microphone, found.loudspeaker


def test_what_the_system_chose_stays_where_it_works() -> None:
    """Another one may be louder; people chose this one."""
    attempt = room({(None, None): -20.0, ("USB", None): -3.0})
    assert chosen(["USB"], [], attempt) == (None, None)


def test_another_pair_is_taken_where_the_first_hears_nothing() -> None:
    """A screen without loudspeakers, a microphone that is switched off, or one that does not open."""
    assert chosen(["USB"], ["HDMI"], room({(None, None): None, (None, "HDMI"): -9.0})) == (None, "HDMI")
    assert chosen(["USB"], [], room({(None, None): None, ("USB", None): -9.0}, {None})) == ("USB", None)
    assert chosen(["USB"], [], room({("USB", None): -9.0})) == ("USB", None)


def test_headphones_are_heard_by_nobody_but_their_microphone_lives() -> None:
    """Where no pair hears itself, a microphone that hears the room at all is taken."""
    assert chosen(["USB"], [], room({(None, None): None, ("USB", None): None}, {None})) == ("USB", None)
    assert chosen(["USB"], [], room({(None, None): None, ("USB", None): None})) == (None, None)


def test_where_nothing_opens_it_says_why() -> None:
    """With the first reason."""
    with pytest.raises(DeviceError, match="None refuses"):
        chosen(["USB"], [], room({}))


def test_few_pairs_are_tried_and_none_twice() -> None:
    """The system's own choice first; names by which the same device is offered again are left out."""
    tried = pairs(["default", "A", "B", "C"], ["pulse", "X", "Y", "Z"])
    assert tried[0] == (None, None)
    assert len(tried) == len(set(tried)) == MOST_PAIRS
    assert not {"default", "pulse"} & {name for pair in tried for name in pair}
