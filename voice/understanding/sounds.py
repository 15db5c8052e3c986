"""How a word sounds, roughly, so that what a recognizer spelled by ear still compares well.

A handful of English spelling rules in the manner of Metaphone (Lawrence Philips, 1990), written for this project and
kept short: vowels stay, as one sign each, because short words differ by little else. Hangul is opened into its
letters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

RULES = [
    (re.compile(pattern), sign)
    for pattern, sign in (
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^wh", "w"),
        (r"^x", "s"),
        (r"mb$", "m"),
        (r"tch", "C"),
        (r"ch", "C"),
        (r"sh|(?:ti|si|ci)(?=o)", "S"),
        (r"th", "T"),
        (r"ph", "f"),
        (r"igh", "Y"),
        (r"augh|ough", "O"),
        (r"gh", ""),
        (r"dge|j", "J"),
        (r"ck|qu?|c(?![iey])", "k"),
        (r"c(?=[iey])", "s"),
        (r"x", "ks"),
        (r"z", "s"),
        (r"al(?=[mk])", "O"),
        (r"(?:ee|ea|ie|ei|y$|ey$)", "I"),
        (r"(?:ai|ay)", "A"),
        (r"(?:oo|ou|ow|ew|u)", "U"),
        (r"oa", "O"),
        (r"(?<=.)e$", ""),
        (r"(.)\1+", r"\1"),
        (r"[eiy]", "I"),
        (r"[o]", "O"),
        (r"[aA]", "A"),
        (r"[uU]", "U"),
    )
]

HOMOPHONES = {
    word: group
    for group in (
        ("two", "too"), ("four", "fore"), ("one", "won"), ("eight", "ate"), ("right", "write"),
        ("here", "hear"), ("wait", "weight"), ("by", "buy", "bye"), ("week", "weak"), ("some", "sum"), ("our", "hour"),
        ("would", "wood"), ("see", "sea"), ("sun", "son"), ("meet", "meat"), ("pause", "paws"), ("whole", "hole"),
        ("wrap", "rap"), ("rye", "wry"), ("tea", "tee"), ("bread", "bred"), ("red", "read"), ("blue", "blew"),
        ("new", "knew"), ("night", "knight"), ("so", "sew"), ("roll", "role"), ("peace", "piece"), ("steak", "stake"),
        ("flour", "flower"), ("pear", "pair"), ("beet", "beat"), ("thyme", "time"), ("morning", "mourning"),
        ("break", "brake"), ("softer", "software"), ("mail", "male"), ("plain", "plane"), ("wheel", "weal"),
        ("dear", "deer"), ("ounce", "oz"),
    )
    for word in group
}  # fmt: skip
"""Words that no rule of spelling tells to sound the same, each with all of its group."""


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """A rough code of how the word sounds; words that sound alike have codes that are equal or close."""
    if not word.isascii():
        return unicodedata.normalize("NFD", word)
    for pattern, sign in RULES:
        word = pattern.sub(sign, word)
    return word
