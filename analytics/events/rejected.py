"""Rejected events: kept with their reason and their bytes, and known by the hash of these."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from analytics.events.judge import Problem


@dataclass(frozen=True)
class Rejected:
    """An event that cannot be used: where it stood in its file, the problem, and its bytes as they arrived."""

    line: int
    index: int
    problem: Problem
    raw: bytes
    file: str = ""
    """The name of its file, where several were read."""
    unit: Literal["line", "row"] = "line"
    """What `line` counts."""

    @property
    def place(self) -> str:
        """Where it stood, in words: `row 8 of march.csv`."""
        return f"{self.unit} {self.line:,}" + (f" of {self.file}" if self.file else "")

    @property
    def id(self) -> str:
        """Its id, the same in every file: the hash of its bytes."""
        return identifier(self.raw)


def identifier(raw: bytes) -> str:
    """Return the id of a rejected event, the same in every file: the hash of its bytes."""
    return hashlib.md5(raw, usedforsecurity=False).hexdigest()
