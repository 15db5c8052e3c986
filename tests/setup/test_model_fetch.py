"""Fetching a model: whole, resumed, refused, never half."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.setup.made_up import NAME, Page, known, model_files, write_model, zipped
from voice.errors import DeviceError
from voice.hearing.known_models import models_folder
from voice.hearing.model_fetch import fetch
from voice.hearing.models import find_vosk


def quiet(here: int, whole: int) -> None:
    """Nobody looks."""


def left_over(*besides: str) -> list[str]:
    """Names in our cache but for the expected ones."""
    return sorted(path.name for path in models_folder().iterdir() if path.name not in besides)


def test_a_model_is_fetched_verified_and_found(page: Page) -> None:
    """What the page has lies in our cache afterwards, is found by name and by its words, and nothing else is left."""
    seen: list[int] = []
    folder = fetch(known(page.archive), lambda here, whole: seen.append(here), page=page.url)
    assert folder == models_folder() / NAME
    assert {name: (folder / name).read_bytes() for name in model_files()} == model_files()
    assert find_vosk(NAME) == folder == find_vosk(None, ["help", "us"])
    assert seen[-1] == len(page.archive)
    assert left_over(NAME) == []


def test_only_its_owner_can_read_a_fetched_model(page: Page) -> None:
    """Folders are 0700 and files 0600."""
    folder = fetch(known(page.archive), quiet, page=page.url)
    assert {(folder / name).stat().st_mode & 0o777 for name in model_files()} == {0o600}
    assert models_folder().stat().st_mode & 0o777 == 0o700


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(breaks=st.lists(st.integers(1, 4_000), max_size=3), resumes=st.booleans())
def test_broken_transfers_come_to_the_same_model(page: Page, breaks: list[int], resumes: bool) -> None:
    """However often the line breaks, the same files come out, whether or not the page can resume."""
    page.breaks, page.resumes = list(breaks), resumes
    folder = fetch(known(page.archive), quiet, page=page.url)
    assert {name: (folder / name).read_bytes() for name in model_files()} == model_files()


def test_a_later_fetch_goes_on_where_the_earlier_one_stopped(page: Page) -> None:
    """A transfer that keeps breaking is a plain error; the next one asks only for the rest."""
    page.breaks = [1_000] * 4
    with pytest.raises(DeviceError, match=r"broke off.*goes on where it stopped: attune model get"):
        fetch(known(page.archive), quiet, page=page.url)
    fetch(known(page.archive), quiet, page=page.url)
    assert page.ranges == [None, "bytes=1000-", "bytes=2000-", "bytes=3000-", "bytes=4000-"]


def test_a_part_of_something_else_is_thrown_away(page: Page) -> None:
    """A part longer than what the page has now (416) is begun anew."""
    model = known(page.archive)
    models_folder().mkdir(parents=True)
    (models_folder() / f".{NAME}.zip.part").write_bytes(bytes(len(page.archive)))
    with pytest.raises(DeviceError, match="SHA-256 is wrong"):
        fetch(replace(model, archive_bytes=len(page.archive)), quiet, page=page.url)
    (models_folder() / f".{NAME}.zip.part").write_bytes(bytes(len(page.archive) - 1) + b"x")
    with pytest.raises(DeviceError, match="broke off"):
        fetch(replace(model, archive_bytes=len(page.archive) + 1), quiet, page=page.url)
    assert fetch(model, quiet, page=page.url).is_dir()


def test_a_silent_page_costs_no_more_than_the_limit(page: Page) -> None:
    """No answer within the limit is a sentence with the command for later, while the page is still silent."""
    page.answers.clear()
    with pytest.raises(DeviceError, match=f"no answer within 0.2 s.*attune model get {NAME}"):
        fetch(known(page.archive), quiet, page=page.url, answer_within_s=0.2)
    assert not page.spoke


def test_a_slow_name_resolution_counts_too(monkeypatch: pytest.MonkeyPatch, page: Page) -> None:
    """The limit holds where nothing can be interrupted: while the name is looked up."""
    page.answers.clear()
    looked_up: list[str] = []

    def look_up(host: str, *args: object, **kwargs: object) -> list[object]:
        page.answers.wait(10)
        looked_up.append(host)
        return []

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    with pytest.raises(DeviceError, match="no answer"):
        fetch(known(page.archive), quiet, page="http://nowhere.invalid", answer_within_s=0.2)
    assert looked_up == []


@pytest.mark.parametrize(("url", "why"), [("http://127.0.0.1:1", "refused"), ("{page}/elsewhere", "answers 404")])
def test_a_page_that_cannot_be_had_is_named_with_the_reason(page: Page, url: str, why: str) -> None:
    """A closed port and a missing file are told apart."""
    with pytest.raises(DeviceError, match=why):
        fetch(known(page.archive), quiet, page=url.format(page=page.url))


def test_what_is_not_the_known_archive_is_deleted(page: Page) -> None:
    """A wrong hash leaves nothing behind, and the next fetch begins anew."""
    model = known(page.archive)
    page.archive = page.archive[:-1] + bytes([page.archive[-1] ^ 1])
    with pytest.raises(DeviceError, match="SHA-256 is wrong"):
        fetch(model, quiet, page=page.url)
    assert left_over() == []


def test_more_than_the_model_is_not_taken(page: Page) -> None:
    """A page that sends without end is stopped at the known size."""
    model = known(page.archive)
    page.archive += bytes(200_000)
    with pytest.raises(DeviceError, match="more than this model's size"):
        fetch(model, quiet, page=page.url)


def test_an_archive_that_holds_no_model_never_gets_into_place(page: Page) -> None:
    """An earlier good model of that name stays."""
    earlier = write_model(models_folder() / NAME)
    page.archive = zipped({f"{NAME}/README": b"nothing here"})
    with pytest.raises(DeviceError, match="no Vosk model"):
        fetch(known(page.archive), quiet, page=page.url)
    assert (earlier / "am/final.mdl").is_file()


def test_a_damaged_model_is_mended_by_fetching_it_again(page: Page) -> None:
    """The earlier folder is replaced by the verified one."""
    folder = fetch(known(page.archive), quiet, page=page.url)
    (folder / "am/final.mdl").write_bytes(b"damaged")
    with pytest.raises(DeviceError, match=f"final.mdl is damaged.*attune model get {NAME}"):
        find_vosk(NAME)
    fetch(known(page.archive), quiet, page=page.url)
    assert find_vosk(NAME) == folder


def test_a_place_that_cannot_be_written_is_a_plain_error(page: Page, home: Path) -> None:
    """No traceback where the cache is a file."""
    (home / ".cache").write_text("")
    with pytest.raises(DeviceError, match="could not be kept"):
        fetch(known(page.archive), quiet, page=page.url)
