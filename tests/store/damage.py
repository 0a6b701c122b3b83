"""Damage to an embedded store's file, its log and its snapshot: said in words, and never a wrong number shown as right.

`uv run python -m tests.store.damage --damages 200 --seed 1` is the full form; the test suite runs a short one. Each
damage is made to a copy of a store, before it is started.

DuckDB's checksum of a block does not tell in which order its words stand, so a block whose words have changed places is
found by nobody but `analytics check`, which compares each event with its key. Such damage is not made here.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.simulation import simulate
from analytics.store.event_store import EventStore, open_store_at
from analytics.store.secret import load_secret
from tests.store.looks import Look

ROOT = Path(__file__).parents[2]
NAME = "events.duckdb"
PARTS = {"file": NAME, "log": f"{NAME}.wal", "snapshot": f"{NAME}.*.copy"}
"""What can be damaged, and the pattern of its name."""

OUTCOMES = ("unharmed", "said", "wrong", "silent", "traceback", "died")
"""All numbers were right and nothing was said; what is wrong was said. The others may never be: numbers were wrong, or
missing, without a word; a traceback was shown; the process ended."""

_BLOCK = 4_096
_MISSING = "confirmed commit"


def _flip_bits(data: bytearray, chance: random.Random, count: int = 1, first: int | None = None) -> None:
    for _ in range(count):
        data[chance.randrange(min(first or len(data), len(data)))] ^= 1 << chance.randrange(8)


def _overwrite(data: bytearray, chance: random.Random, block: bytes) -> None:
    at = chance.randrange(len(data))
    data[at : at + len(block)] = block[: len(data) - at]


def _copy_block(data: bytearray, chance: random.Random) -> None:
    """Write a block over another, as a disk does that mistakes the place."""
    at = chance.randrange(len(data))
    _overwrite(data, chance, bytes(data[at : at + _BLOCK]))


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def _replace(data: bytearray, other: bytes) -> None:
    data[:] = other


DAMAGES: dict[str, Callable[[bytearray, random.Random], None]] = {
    "a bit flipped": _flip_bits,
    "a bit flipped in the head": lambda data, chance: _flip_bits(data, chance, first=3 * _BLOCK),
    "100 bits flipped": lambda data, chance: _flip_bits(data, chance, 100),
    "cut": _cut,
    "a block zeroed": lambda data, chance: _overwrite(data, chance, bytes(_BLOCK)),
    "garbage in a block": lambda data, chance: _overwrite(data, chance, chance.randbytes(_BLOCK)),
    "a block written over another": _copy_block,
    "emptied": lambda data, _: data.clear(),
    "another file": lambda data, chance: _replace(data, b"SQLite format 3\0" + chance.randbytes(len(data))),
    "garbage": lambda data, chance: _replace(data, chance.randbytes(len(data))),
}


@dataclass(frozen=True)
class Template:
    """A store as it lies in a folder while nobody has it open, and a write key of it."""

    folder: Path
    key: str


def make_template(folder: Path, size: int, watcher: "Watcher") -> Template:
    """Make a store of about `size` events, some of them in its log only, with a snapshot of them all."""
    working = folder / "working"
    lines = b"".join(simulate(size, seed=1)).splitlines(keepends=True)
    new = max(10, size // 40)
    parts = [lines[: -4 * new], *(lines[len(lines) - (4 - place) * new :][:new] for place in range(4))]
    url = f"duckdb:///{working / NAME}"
    with closing(open_store_at(url)) as store:
        key = store.keys.create("chat", "shop")
        load_secret(store.settings)
        _import(store, parts[0])
    with closing(open_store_at(url)) as store:
        for part in parts[1:]:
            _import(store, part)
        whole = folder / "whole"
        shutil.copytree(working, whole)
    watcher.look(working / NAME, key)
    shutil.copy(next(working.glob(PARTS["snapshot"])), whole)
    return Template(whole, key)


def _import(store: EventStore, lines: list[bytes]) -> None:
    found = validate([RawLines.from_text(b"".join([*lines, b"bad\n", lines[0]]))])
    store.add_import(store.create_project("shop").id, found, file=f"{len(lines)}.ndjson", digest=str(len(lines)))


class Watcher:
    """A process that looks at stores; the next one takes its place where it ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def look(self, store: Path, key: str) -> Look | None:
        """Return what is found of a store, None where the process has ended over it."""
        if self._process is None:
            code = "from tests.store.looks import watch; watch()"
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(
                [sys.executable, "-c", code], cwd=ROOT, text=True, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(store), key]) + "\n")
        self._process.stdin.flush()
        told = self._process.stdout.readline()
        if not told:
            self.close()
            return None
        return Look(**json.loads(told))

    def close(self) -> None:
        """End the process."""
        if self._process:
            self._process.communicate()
        self._process = None


def damage(template: Template, part: str, damages: int, watcher: Watcher, *, seed: int = 1) -> Counter[tuple[str, str]]:
    """Damage one part of a store so many times, and return how often each damage had which outcome."""
    chance = random.Random(f"{seed} {part}")  # noqa: S311
    found = Counter[tuple[str, str]]()
    right = _look_at(template, watcher, part, lambda _: None)
    if right is None or right.said or right.tracebacks:
        raise RuntimeError(f"the store is not as it should be before any damage: {right}")
    for _ in range(damages):
        name = chance.choice(list(DAMAGES))
        look = _look_at(template, watcher, part, lambda data, name=name: DAMAGES[name](data, chance))
        outcome = judge(look, right.shown)
        if outcome not in OUTCOMES[:2]:
            sys.stderr.write(f"{part}, {name}: {outcome}\n{look}\n")
        found[name, outcome] += 1
    return found


def _look_at(template: Template, watcher: Watcher, part: str, harm: Callable[[bytearray], None]) -> Look | None:
    with tempfile.TemporaryDirectory() as folder:
        for file in template.folder.iterdir():
            if part == "snapshot" or not file.match(PARTS["snapshot"]):
                shutil.copy(file, folder)
        file = next(Path(folder).glob(PARTS[part]))
        data = bytearray(file.read_bytes())
        harm(data)
        file.write_bytes(data)
        return watcher.look(Path(folder) / NAME, template.key)


def judge(look: Look | None, right: dict[str, Any]) -> str:
    """Return the outcome, one of `OUTCOMES`, of a look at a store whose numbers are known."""
    if look is None:
        return "died"
    if look.tracebacks:
        return "traceback"
    wrong = any(right[name] != numbers for name, numbers in look.shown.items())
    if wrong and not any(_MISSING in text for text in look.said):
        return "wrong"
    if look.said:
        return "said"
    return "unharmed" if look.shown.keys() == right.keys() else "silent"


def main() -> None:
    """Run the full form and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--damages", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.stdout.write(f"{'':38}{''.join(f'{outcome:>10}' for outcome in OUTCOMES)}\n")
    with tempfile.TemporaryDirectory() as folder:
        watcher = Watcher()
        template = make_template(Path(folder), 20_000, watcher)
        for part in PARTS:
            found = damage(template, part, options.damages, watcher, seed=options.seed)
            for name in [*DAMAGES, None]:
                counts = [
                    sum(count for (of, was), count in found.items() if was == outcome and name in (of, None))
                    for outcome in OUTCOMES
                ]
                label = f"{part}: {name or 'in all'}"
                sys.stdout.write(f"{label:38}{''.join(f'{count:10}' for count in counts)}\n")
            sys.stdout.flush()
        watcher.close()


if __name__ == "__main__":
    main()
