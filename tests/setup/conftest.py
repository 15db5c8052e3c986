"""A home of its own for every test, and a model page on the loopback interface."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.setup.made_up import Page, handler
from voice.hearing import models


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; no model of this machine is seen."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "VOSK_MODEL_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(models, "SYSTEM_FOLDER", tmp_path / "usr-share-vosk")
    return home


@pytest.fixture
def page() -> Iterator[Page]:
    """A model page on the loopback interface."""
    page = Page()
    page.answers.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(lambda: page))
    page.url = f"http://127.0.0.1:{server.server_port}/models"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield page
    page.answers.set()
    server.shutdown()
    thread.join()
    server.server_close()
