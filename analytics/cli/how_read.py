"""How files are understood that do not say it themselves: told on stderr, so that nothing is guessed in silence."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click
import orjson

from analytics.events.dump_error import DumpError
from analytics.events.files.choices import Choices
from analytics.events.files.contents import Content
from analytics.events.rejected import Rejected
from analytics.events.tables.encodings import NAMES, Guess
from analytics.events.tables.known_exports import recognise
from analytics.reading.parent import look_apart

_EXAMPLES = 2
_TELLING = {"date_ambiguous": "--day-first or --month-first", "timestamp_no_offset": "--assume-timezone"}
"""The options that make times good which are rejected for these reasons."""


def say_how_read(path: Path, choices: Choices) -> None:
    """Say which encoding and which known export the tables in a file are taken for, where that was guessed."""
    with suppress(DumpError):  # reading the file, which follows, says it
        for content in look_apart(path, encoding=choices.encoding, rows=1):
            for line in _notes(content, choices):
                click.echo(f"{content.name}: {line}", err=True)


def question_lines(rejected: Sequence[Rejected]) -> list[str]:
    """Return a line for each column whose times remain open: two of them, and the option that says what they mean."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for event in rejected:
        if event.problem.code in _TELLING and not event.problem.field.startswith("properties."):
            texts = found.setdefault((event.problem.code, event.problem.field), {})
            if len(texts) < _EXAMPLES and (time := orjson.loads(event.raw).get("timestamp")):
                texts[str(time)] = None
    return [
        f"  {field}, as in {' and '.join(texts)}: say what it means with {_TELLING[code]}"
        for (code, field), texts in found.items()
        if texts
    ]


def _notes(content: Content, choices: Choices) -> Iterator[str]:
    if content.guess and not choices.encoding:
        yield _describe_guess(content.guess)
    known = recognise(content.sample.column_names) if content.sample is not None else None
    if known and choices.matching is None:
        yield f"read as {known.name}; `analytics mapping` shows how, and --mapping changes it"


def _describe_guess(guess: Guess) -> str:
    read = f"read as {NAMES[guess.encoding]}: “{guess.sample}”"
    if not guess.others:
        return read
    others = " or ".join(f"{name}: “{sample}”" for name, sample in guess.others[:3])
    return f"{read}. We are not sure. If it is {others}, say so with --encoding"
