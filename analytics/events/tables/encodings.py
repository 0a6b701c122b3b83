"""Encodings: in which of the old ones a text most likely is, and what else it may be.

charset-normalizer says how likely each is by the letters and words of languages. Of a few names it cannot know: there
counts whether letters stand where letters do (“£ukasz” is none), and which encodings are met most.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from charset_normalizer import from_bytes

NAMES = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252 (Western)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp874": "Windows-874 (Thai)",
    "cp932": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "Korean (949)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "cp850": "DOS 850 (Western)",
    "cp852": "DOS 852 (Central European)",
    "cp866": "DOS 866 (Cyrillic)",
    "mac_roman": "Mac Roman",
}
"""The encodings that files are met in, those met most often first, as people know them."""

_CANDIDATES = tuple(name for name in NAMES if name != "utf-8")
_MOST_BYTES = 8_192
_LETTERS_OF_SAMPLE = 40
_AS_LIKELY = 0.1
"""By how much another encoding may be less likely and still be asked about."""
_WORD = re.compile(r"[^\s;,|\"]+")
_MANY_ACCENTS = 0.6
_MOST_DAMAGED = 0.1
_RARELY_MET = frozenset({"koi8_r", "cp850", "cp852", "cp866", "mac_roman"})
_RARE = 0.15
"""What speaks against those that hardly a program writes any more, as a share of faults."""


@dataclass(frozen=True)
class Guess:
    """An encoding, what of the text depends on it, and the other encodings that are about as likely, with the same."""

    encoding: str
    sample: str
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Candidate:
    encoding: str
    text: str
    faults: float
    coherence: float


def guess_encoding(head: bytes) -> Guess:
    """Return the likeliest encoding of the beginning of a text that is not UTF-8, or not all of it."""
    told = b"\n".join(_telling_lines(head))
    if _is_damaged_utf_8(told):
        return Guess("utf-8", sample_of(told, "utf-8"))
    candidates = sorted(_candidates(told), key=lambda one: (round(one.faults, 1), -round(one.coherence, 1)))
    best = candidates[0]
    others: dict[str, str] = {}
    for other in candidates[1:]:
        near = other.faults <= best.faults + _AS_LIKELY / 2 and other.coherence >= best.coherence - _AS_LIKELY
        if near and other.text != best.text and other.text not in others.values():
            others[other.encoding] = other.text
    shown = tuple((name, sample_of(told, name)) for name in others)
    return Guess(best.encoding, sample_of(told, best.encoding), shown)


def _is_damaged_utf_8(text: bytes) -> bool:
    """Return whether nearly all signs beyond ASCII are UTF-8; the others may have been cut through."""
    beyond = [sign for sign in text.decode(errors="replace") if not sign.isascii()]
    return beyond.count("\N{REPLACEMENT CHARACTER}") < len(beyond) * _MOST_DAMAGED


def sample_of(head: bytes, encoding: str) -> str:
    """Return the first words of a text that depend on its encoding; they are of what it says, and short."""
    text = b"\n".join(_telling_lines(head)).decode(encoding, errors="replace")
    telling = dict.fromkeys(word for word in _WORD.findall(text) if not word.isascii())
    return " ".join(telling)[:_LETTERS_OF_SAMPLE]


def python_name(encoding: str) -> str | None:
    """Return the name of an encoding of texts as Python knows it, None for one that is none."""
    try:
        "".encode(encoding)
    except LookupError:  # also for what encodes no texts
        return None
    return codecs.lookup(encoding).name


def _telling_lines(head: bytes) -> Iterator[bytes]:
    """Yield lines that are not ASCII, as many as are looked at."""
    size = 0
    for line in head.splitlines():
        if not line.isascii():
            yield line[:_MOST_BYTES]
            size += len(line)
        if size > _MOST_BYTES:
            return


def _candidates(told: bytes) -> Iterator[_Candidate]:
    """Yield all encodings in which a text can be, those met most often first."""
    found = from_bytes(told, cp_isolation=list(_CANDIDATES), enable_fallback=False)
    coherence = {name: match.coherence for match in found for name in match.could_be_from_charset}
    chaos = {name: match.chaos for match in found for name in match.could_be_from_charset}
    for name in _CANDIDATES:
        text = told.decode(name, errors="replace")
        faults = _share_of_faults(text) + chaos.get(name, 0.2) + (_RARE if name in _RARELY_MET else 0)
        yield _Candidate(name, text, faults, coherence.get(name, 0.0))


def _share_of_faults(text: str) -> float:
    """Return how many of the signs beyond ASCII stand where they hardly can, as a share."""
    beyond = sum(not sign.isascii() for sign in text)
    faults = sum(_count_faults(word) for word in _WORD.findall(text))
    return faults / beyond if beyond else 1.0


def _count_faults(word: str) -> float:
    """Return how many of a word's signs beyond ASCII stand where they hardly can."""
    letters = [sign for sign in word if sign.isalpha()]
    scripts = {_script(sign) for sign in word if sign.isalnum() and not (sign.isascii() and sign.isdigit())}
    own = [sign for sign in letters if not sign.isascii()]
    if len(scripts) > 1 or any(_script(sign) == "HALFWIDTH" for sign in word):
        return sum(not sign.isascii() for sign in word)
    if scripts == {"LATIN"} and len(letters) > 3 and len(own) > _MANY_ACCENTS * len(letters):
        return len(own)
    around = zip(" " + word, word, word[1:] + " ", strict=False)
    return sum(_is_fault(before, sign, after) for before, sign, after in around if not sign.isascii())


def _is_fault(before: str, sign: str, after: str) -> bool:
    """Return whether a sign beyond ASCII hardly stands between two others."""
    kind = unicodedata.category(sign)[0]
    if kind == "C" or sign == "\N{REPLACEMENT CHARACTER}":
        return True
    if kind == "S":
        return after.isalpha()
    if kind == "P":
        return before.isalpha() and after.isalpha() and sign not in "’·"
    return before.islower() and sign.isupper()


@cache
def _script(sign: str) -> str:
    script = unicodedata.name(sign, "").split(" ")[0]
    return "CJK" if script in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA") else script
