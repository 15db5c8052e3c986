"""The answers of a closed question as sentences of their own, for those that no file lists."""

from __future__ import annotations

from pathlib import Path

from voice.understanding.book import Book
from voice.understanding.intents import Intents, Meaning, Template


def literal_book(answers: tuple[str, ...], language: str) -> Book:
    """The answers themselves, word by word, as templates."""
    templates = tuple(
        Template(_escaped(word), Meaning(intent="Answer", answer=word, whole=True), Path("expected"), 1)
        for word in answers
    )
    return Book(Intents(language, templates, {}, {}))


def _escaped(word: str) -> str:
    return "".join(f"\\{sign}" if sign in "()[]{}<>|;\\" else sign for sign in word)
