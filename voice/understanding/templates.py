"""Templates of sentences, read by hassil."""

from __future__ import annotations

from typing import Any


def parsed(text: str) -> Any:
    """The expression that a template is. Raises hassil's ``ParseError`` for what it cannot read."""
    from hassil.parse_expression import parse_sentence
    from hassil.parser import ParseError

    try:
        return parse_sentence(text).expression
    except AssertionError as error:  # hassil asserts where a group has both, as in "(a|b;c)"
        raise ParseError("one group has both '|' and ';'; write two groups") from error
