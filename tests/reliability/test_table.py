"""docs/reliability.md has one row a fault, and a test for every row."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
ROW = re.compile(r"^\| ([^|]+) \|.*\| `(tests/[a-z_/]+\.py)::(test_[a-z_]+)` \|$", re.MULTILINE)


def test_every_row_names_a_test_that_exists() -> None:
    """And no row goes without."""
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8").partition("\n## ")[0]
    rows = ROW.findall(page)
    assert len(rows) == len(re.findall(r"^\| (?!fault|---)", page, re.MULTILINE)) >= 15
    for fault, path, test in rows:
        assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), fault
