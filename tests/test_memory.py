"""What holds up a process that plays sound."""

from __future__ import annotations

import gc

from voice.memory import settle


def test_the_garbage_collector_does_not_look_again_through_what_was_loaded() -> None:
    """Looking through everything takes as long as the loudspeaker has samples for."""
    loaded = [{"number": number} for number in range(1000)]
    try:
        settle()
        fresh = [{"number": number} for number in range(1000)]
        seen = {id(one) for one in gc.get_objects()}
    finally:
        gc.unfreeze()
    assert not seen & {id(loaded), *map(id, loaded)}
    assert seen >= {id(fresh)}
