"""Options and paths that every test shares."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--regen`` rewrites the golden sheets."""
    parser.addoption("--regen", action="store_true", help="rewrite golden files, for review as a diff")
