"""Opens what is kept for one running Attune: lock, store, settings; or a store that is forgotten at the end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from voice.errors import DeviceError
from voice.guiding.responses import Responses
from voice.keeping import records
from voice.keeping.appointments import Appointment, mark
from voice.keeping.clock import WallClock
from voice.keeping.due import Rules
from voice.keeping.keeper import Keeper
from voice.keeping.recurrence import begins_another_day
from voice.keeping.settings import Ritual, load_night, load_rules, settings_path
from voice.keeping.spoken import read_repeat
from voice.keeping.store import LaterVersion, Store, data_folder, makeshift_store, memory_store, open_store

LOGGER = logging.getLogger(__name__)

LOCK_WAIT_S = 3.0
"""One that is just ending is waited for."""


@contextmanager
def open_keeper(
    responses: Responses,
    titles: Mapping[str, str],
    clock: WallClock,
    folder: Path | None = None,
    has_a_clock: Callable[[], bool] = lambda: True,
) -> Iterator[Keeper]:
    """The keeper of the user's data folder, alone in it; raises ``DeviceError`` and ``ContentErrors``.

    ``has_a_clock`` says whether the machine's time is more than a guess.

    Where the folder cannot be written to, what was promised still comes, and a wish to keep something is refused until
    it can.
    """
    folder = folder or data_folder()
    rules, rituals = load_rules()
    with _alone_in(folder), _store_of(folder) as store:
        if store.notice:
            LOGGER.warning(store.notice)
        if not store.broken:
            _take_over(store, rituals, clock)
        keeper = Keeper(store, clock, rules, responses, titles, has_a_clock)
        keeper.settings_path = settings_path()
        keeper.night = load_night()
        yield keeper


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One Attune for a folder; filelock's lock is the kernel's: it goes with the process, however that ends."""
    from filelock import FileLock, Timeout

    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            stack.enter_context(FileLock(folder / "lock", timeout=LOCK_WAIT_S, mode=0o600))
        except Timeout as error:
            raise DeviceError(
                "Attune is already running for you.", "End the other one first, or talk to it."
            ) from error
        except OSError as error:
            LOGGER.warning("%s cannot be written to (%s)", folder, error.strerror)
        yield


def _store_of(folder: Path) -> Store:
    """The folder's store, or what can be read of it."""
    try:
        return open_store(folder)
    except LaterVersion:
        raise
    except DeviceError as refused:
        return makeshift_store(folder, str(refused))


@contextmanager
def open_passing_keeper(responses: Responses, titles: Mapping[str, str], clock: WallClock) -> Iterator[Keeper]:
    """The same without a file: everything is forgotten at the end."""
    keeper = passing_keeper(responses, titles, clock)
    with keeper.store:
        yield keeper


def passing_keeper(responses: Responses, titles: Mapping[str, str], clock: WallClock) -> Keeper:
    """A keeper that forgets everything at the end, for rehearsals and the demo."""
    return Keeper(memory_store(), clock, Rules(), responses, titles)


def _take_over(store: Store, rituals: Sequence[Ritual], clock: WallClock) -> None:
    """The rituals of the settings, and none that stood there before. One that stood there goes on as it began: "every
    other friday" counts from its first."""
    now = clock(0.0)
    before = [item for item in records.appointments(store) if item.origin == "settings"]
    kept = set()
    for ritual in rituals:
        spoken = read_repeat(ritual.when, now.wall)
        assert spoken is not None
        wanted = Appointment("ritual", ritual.act, mark(now), rule=spoken.rule, origin="settings")
        known = (item for item in before if item.what == ritual.act)
        same = next((item for item in known if item.rule and begins_another_day(item.rule, spoken.rule)), None)
        kept.add((same or records.add(store, wanted)).id)
    gone = [item for item in records.appointments(store) if item.origin == "settings" and item.id not in kept]
    if gone:
        records.let_go(store, *gone)
