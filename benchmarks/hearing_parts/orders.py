"""Orders at a sandwich counter, made up: a domain with nothing of ours, up to seven slots in a sentence."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Any

LEADS = ("I'd like", "can I get", "give me", "let me have", "I'll take", "make me", "could I have", "")
NUMBERS = {"": None, "a": 1, "two": 2, "three": 3, "four": 4}
SIZES = {"": None, "small": "small", "medium": "medium", "large": "large"}
TOASTS = {"": None, "lightly toasted": "light", "well toasted": "dark", "untoasted": "none"}
FILLINGS = ("chicken", "tuna", "turkey", "ham", "egg", "falafel", "salmon", "beef", "mushroom", "meatball", "avocado")
BREADS = {name: name for name in ("", "white", "wheat", "rye", "oat", "sourdough")} | {"": None}
CHEESES = {"": None, "no": "none", "a little": "little", "some": "some", "extra": "extra", "double": "double"}
SAUCES = {"": None, "mild": "mild", "hot": "hot", "sweet": "sweet", "garlic": "garlic", "mustard": "mustard"}


def order(rng: random.Random) -> tuple[str, dict[str, Any]]:
    """An order and its slots."""
    slots: dict[str, Any] = {}

    def pick(name: str, table: Mapping[str, Any], chance: float = 1.0) -> str:
        word = rng.choice([key for key in table if key]) if rng.random() < chance else ""
        if word:
            slots[name] = table[word]
        return word

    number = pick("number", NUMBERS, 0.8)
    words = [rng.choice(LEADS), number, pick("size", SIZES, 0.7), pick("toast", TOASTS, 0.5)]
    words += [pick("filling", {name: name for name in FILLINGS})]
    kind = rng.choice(("sandwich", "roll", "wrap"))
    words += [kind + (("es" if kind == "sandwich" else "s") if slots.get("number", 1) > 1 else "")]
    bread = pick("bread", BREADS, 0.5)
    words += [f"on {bread} bread" if bread else ""]
    cheese, sauce = pick("cheese", CHEESES, 0.6), pick("sauce", SAUCES, 0.5)
    extras = [f"{cheese} cheese" if cheese else "", f"{sauce} sauce" if sauce else ""]
    rng.shuffle(extras)
    extras = [extra for extra in extras if extra]
    words += [f"with {' and '.join(extras)}" if extras else "", rng.choice(("", "please", ""))]
    text = " ".join(word for word in words if word)
    return re.sub(r"\ba (?=[aeiou])", "an ", text), slots
