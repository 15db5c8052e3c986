"""What is opened at a start: one Attune at a time, and the rituals of the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.content import builtin_folder
from voice.errors import ContentErrors, DeviceError
from voice.guiding.effects import UndoKept, WriteRow
from voice.guiding.responses import load_responses
from voice.keeping import opening, records
from voice.keeping.clock import clock_at, clock_from
from voice.keeping.opening import open_keeper
from voice.keeping.settings import load_rules

RESPONSES = load_responses([builtin_folder("intents")])
CLOCK = clock_from(clock_at("2026-03-25T20:30[Europe/Berlin]"))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file of their own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "config" / "attune" / "settings.yaml"
    path.parent.mkdir(parents=True)
    return path


def test_only_one_attune_runs_for_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is refused with a sentence, and the first goes on."""
    monkeypatch.setattr(opening, "LOCK_WAIT_S", 0.0)
    with open_keeper(RESPONSES, {}, CLOCK, tmp_path) as keeper:
        with pytest.raises(DeviceError, match="already running"), open_keeper(RESPONSES, {}, CLOCK, tmp_path):
            pass
        assert keeper.keep("time-out", {"minutes": 20}, 0.0)[-1].to_json()["facts"]["kept"] == "yes"
    with open_keeper(RESPONSES, {}, CLOCK, tmp_path) as keeper:
        assert len(records.appointments(keeper.store)) == 1


def test_rituals_of_the_settings_come_and_go_with_them(tmp_path: Path, settings: Path) -> None:
    """A line that is taken out takes its ritual along; one said aloud stays."""
    settings.write_text("rituals: [{act: hug, when: every evening at six}, {act: walk, when: on sundays at noon}]")
    for _ in range(2):
        with open_keeper(RESPONSES, {}, CLOCK, tmp_path) as keeper:
            assert [item.what for item in records.appointments(keeper.store)] == ["hug", "walk"]
    with open_keeper(RESPONSES, {}, CLOCK, tmp_path) as keeper:
        assert keeper.tell("RitualDrop", {"act": "hug"}, 0.0) == RESPONSES.get("InSettings")
        keeper.hear("every morning at seven")
        keeper.keep("ritual", {"act": "tea"}, 0.0)
    settings.write_text("rituals: [{act: walk, when: on sundays at noon}]")
    with open_keeper(RESPONSES, {}, CLOCK, tmp_path) as keeper:
        assert [item.what for item in records.appointments(keeper.store)] == ["walk", "tea"]


@pytest.mark.parametrize("when", ["every other friday at eight", "once a week at six", "every evening at six"])
def test_a_ritual_of_the_settings_goes_on_as_it_began(tmp_path: Path, settings: Path, when: str) -> None:
    """Every other Friday, though Attune is started anew on each of the days between."""
    settings.write_text(f"rituals: [{{act: walk, when: {when}}}]")
    kept = []
    for day in (25, 26, 28, 31):
        clock = clock_from(clock_at(f"2026-03-{day}T20:30[Europe/Berlin]"))
        with open_keeper(RESPONSES, {}, clock, tmp_path) as keeper:
            kept += records.appointments(keeper.store)
    assert len(kept) == 4
    assert len(set(kept)) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("rituals: [{act: hug, when: now and then}]", "every evening at six"),
        ("quiet_hours: [late, early]", '["23:00", "06:00"]'),
        ("patience: 0", "patience: 15"),
        ("numbers: maybe", "numbers: on, or off"),
    ],
)
def test_a_wrong_line_is_named_with_what_to_write(settings: Path, line: str, says: str) -> None:
    """File, line and an example."""
    settings.write_text(f"country: DE\n{line}\n")
    with pytest.raises(ContentErrors) as refused:
        load_rules()
    assert f"{settings}:2:" in str(refused.value)
    assert says in str(refused.value)


def test_a_store_that_cannot_be_written_is_said_and_the_practice_goes_on(tmp_path: Path) -> None:
    """The disk refuses: the wish is answered with no, and what went wrong is an event."""
    with open_keeper(RESPONSES, {}, CLOCK, tmp_path) as keeper:
        keeper.store.connection.execute("PRAGMA query_only = ON")
        error, noted = keeper.keep("time-out", {"minutes": 20}, 0.0)
        assert error.name() == "error"
        assert noted.to_json()["facts"]["kept"] == "no"
        assert keeper.tell("ToolkitAdd", {"tool": "tea"}, 0.0) == RESPONSES.get("NotKept")
        assert [event.name() for event in keeper.carry_out(WriteRow("bedtime", 0.0, True), 60.0)] == ["error"]
        assert [event.name() for event in keeper.carry_out(UndoKept(0.0), 60.0)] == []
