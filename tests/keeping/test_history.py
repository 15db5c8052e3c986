"""``attune history``: in the terminal, as JSON, as a page, and deleted."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from voice.cli import main
from voice.keeping import records
from voice.keeping.records import Number, Row
from voice.keeping.store import open_store

ROWS = [
    Row("two-minute-reset", "2026-02-27T20:10:00+01:00", 130.0, "finished"),
    Row("debrief", "2026-03-02T20:10:00+01:00", 600.0, "stopped"),
    Row("bedtime", "2026-03-02T22:00:00+01:00", 300.0, "finished"),
    Row("gone & <lost>", "2026-03-20T22:00:00+01:00", 20.0, "finished"),
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of their own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.fixture
def filled() -> None:
    """Four practices, and numbers of one evening."""
    with open_store() as store:
        for row in ROWS:
            records.write_row(store, row)
        for person, value in ((1, 7), (2, 3)):
            records.add_number(store, Number(ROWS[2].began, person, value))


@pytest.mark.usefixtures("filled")
def test_the_calendar_marks_the_days_and_names_the_latest(capsys: pytest.CaptureFixture[str]) -> None:
    """Readable without colour: a mark and a number."""
    assert main(["history"]) == 0
    out = capsys.readouterr().out
    assert "February 2026" in out
    assert " 2•2" in out
    assert "Mon 02 Mar 2026, 20:10  Looking back together, 10 minutes" in out
    assert "stopped" not in out


def test_without_anything_it_invites(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """And makes no file."""
    assert main(["history"]) == 0
    assert "Nothing yet. Two minutes any time" in capsys.readouterr().out
    assert not list(home.iterdir())


@pytest.mark.usefixtures("filled")
def test_json_has_every_row_and_number(capsys: pytest.CaptureFixture[str]) -> None:
    """In order."""
    assert main(["history", "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert [row["practice"] for row in read["practices"]] == [row.practice for row in ROWS]
    assert [number["value"] for number in read["numbers"]] == [7, 3]


@pytest.mark.usefixtures("filled")
def test_clear_deletes_it(capsys: pytest.CaptureFixture[str]) -> None:
    """And says how much."""
    assert main(["history", "--clear"]) == 0
    assert "4 practices" in capsys.readouterr().out
    assert main(["history", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"practices": [], "numbers": []}


@pytest.mark.usefixtures("filled")
def test_clear_finds_what_is_left_without_the_file(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """The copy, and a damaged file that lies aside."""
    folder = home / "attune"
    (folder / "attune.db").rename(folder / "attune.db.damaged-1")
    assert main(["history", "--clear"]) == 0
    assert "Deleted" in capsys.readouterr().out
    assert not any(b"debrief" in path.read_bytes() for path in folder.iterdir())


class Seen(HTMLParser):
    """Notes which tags there are, and what they refer to."""

    def __init__(self) -> None:
        """Nothing seen."""
        super().__init__()
        self.tags: set[str] = set()
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        self.tags.add(tag)
        self.references += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "data")]


@pytest.mark.usefixtures("filled")
def test_the_page_needs_nothing_from_outside(tmp_path: Path) -> None:
    """No script, no address, names escaped, readable by its owner only."""
    path = tmp_path / "history.html"
    assert main(["history", "--html", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    seen = Seen()
    seen.feed(text)
    assert not {"script", "link", "iframe", "img"} & seen.tags
    assert not [reference for reference in seen.references if not reference.startswith("#")]
    assert set(re.findall(r"https?://[^\"' )]*", text)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "gone &amp; &lt;lost&gt;" in text
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("size", ["1280,900", "390,800"])
@pytest.mark.parametrize("with_rows", [True, False])
def test_a_browser_shows_the_page_at_two_sizes(
    tmp_path: Path, size: str, with_rows: bool, request: pytest.FixtureRequest
) -> None:
    """Headless Chromium paints it, nothing is wider than the window."""
    browser = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if browser is None:
        pytest.skip("Chromium is not installed")
    if with_rows:
        request.getfixturevalue("filled")
    path = tmp_path / "history.html"
    assert main(["history", "--html", str(path)]) == 0
    probe = (
        "<script>document.body.dataset.wider = document.documentElement.scrollWidth - window.innerWidth</script></body>"
    )
    (tmp_path / "probe.html").write_text(path.read_text(encoding="utf-8").replace("</body>", probe), encoding="utf-8")
    shown = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={size}", "--dump-dom",
         f"--user-data-dir={tmp_path / 'profile'}", f"file://{tmp_path / 'probe.html'}"],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    (wider,) = re.findall(r'data-wider="(-?\d+)"', shown)
    assert int(wider) <= 0
