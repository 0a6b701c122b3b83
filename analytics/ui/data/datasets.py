"""Datasets: events that are being explored, shared by all sessions and kept until memory is needed.

A dataset is found by its token, the hash of the file's bytes, which nobody without the file can guess. The token is
part of the URL, so that a reload or a colleague's browser finds the same data.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from threading import Lock
from typing import Any, BinaryIO, cast

import streamlit as st

from analytics.events.dump_error import DumpError
from analytics.events.files.choices import NO_CHOICES, Choices
from analytics.events.raw_lines import RawLines
from analytics.events.validate import Validation, validate
from analytics.live.dataset import Dataset
from analytics.live.rules import Rules
from analytics.reading.parent import read_apart
from analytics.server.app_folder import shell_command
from analytics.simulation.sample import make_sample

NamedFile = tuple[str, BinaryIO]
Progress = Callable[[float, str], None]

STORED = ""
"""The token of the stored events; the URL does not name it."""

SAMPLE = "sample"
MAX_EVENTS = 12_000_000
"""The most events that all explored datasets may hold; the one unused for the longest time is dropped first."""

_TOO_MANY = (
    f"There are more than {MAX_EVENTS:,} events, which is the most that the dashboard takes at a time. Drop fewer "
    f"files, or read them in a shell: `{shell_command('import FILE')}`."
)


class FileError(DumpError):
    """A file that cannot be used at all: its place among those dropped, its name and the reason."""

    def __init__(self, place: int, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.place, self.name, self.reason = place, name, reason


class Datasets:
    """The explored datasets by token; the one used last is at the end."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Dataset] = OrderedDict()
        self._lock = Lock()

    def get(self, token: str, rules: Rules | None = None) -> Dataset | None:
        """Return a dataset, with facts under `rules` if these are given; None if it is not here, or not any more."""
        found = self._fresh_sample() if token == SAMPLE else self._use(token)
        if found is None or rules in (None, found.rules):
            return found
        return self.add(found.under(rules))

    def _use(self, token: str) -> Dataset | None:
        with self._lock:
            if token in self._known:
                self._known.move_to_end(token)
            return self._known.get(token)

    def add(self, dataset: Dataset) -> Dataset:
        """Keep a dataset; if there are too many events, drop the datasets unused for the longest time."""
        with self._lock:
            self._known[dataset.token] = dataset
            self._known.move_to_end(dataset.token)
            while len(self._known) > 1 and sum(len(kept.contents) for kept in self._known.values()) > MAX_EVENTS:
                self._known.popitem(last=False)
        return dataset

    def _fresh_sample(self) -> Dataset:
        """Return the sample data; it is made again each day, so that it ends today."""
        now = datetime.now(UTC)
        token = f"{SAMPLE} {now.date()}"
        with self._lock:
            known = self._known.get(token)
        return known or self.add(Dataset.of_file(token, "Sample data", make_sample(now)))


@cache
def datasets() -> Datasets:
    """Return the datasets of this process."""
    return Datasets()


def with_test_events(dataset: Dataset) -> Dataset:
    """Return a dataset whose facts include test events; it is made on demand and kept as long as the dataset."""
    with st.spinner("Adding test events to the numbers"):
        return dataset.with_test_events


def load_usable(
    files: Sequence[NamedFile], progress: Progress, choices: Choices
) -> tuple[Dataset | None, dict[str, str]]:
    """Return the dataset of the usable files (None if there are none), and the reasons against the others by name."""
    usable = list(files)
    refused: dict[str, str] = {}
    while usable:
        try:
            return load(usable, progress, choices), refused
        except FileError as file:
            refused[file.name] = file.reason
            del usable[file.place]
    return None, refused


def load(files: Sequence[NamedFile], progress: Progress, choices: Choices = NO_CHOICES) -> Dataset:
    """Validate named files together into one dataset; `progress` is called with a share and what is being done.

    Raises:
        FileError: when one of them cannot be used at all.
    """
    digest = _digest([file for _, file in files])
    token = hashlib.sha256(f"{digest}{choices.token}".encode()).hexdigest()[:32]
    known = datasets().get(token)
    if known:
        return known
    found = _validate(files, progress, choices)
    progress(1.0, "Computing the numbers")
    name = files[0][0] if len(files) == 1 else f"{len(files)} files"
    return datasets().add(Dataset.of_file(token, name, found, digest))


def _validate(files: Sequence[NamedFile], progress: Progress, choices: Choices) -> Validation:
    reached = 0  # the file that is being read, if validation finds what refuses it

    def blocks() -> Generator[RawLines]:
        nonlocal reached
        count = 0
        for reached, (name, file) in enumerate(files):
            hear = partial(_report_progress, progress, reached, len(files), name)
            for lines in read_apart(file, hear, choices):
                count += len(lines)
                if count > MAX_EVENTS:
                    raise DumpError(_TOO_MANY)
                yield (
                    lines if len(files) == 1 else replace(lines, file=f"{lines.file} in {name}" if lines.file else name)
                )

    try:
        with closing(blocks()) as lines:
            return validate(lines, choices.assumptions)
    except DumpError as error:
        raise FileError(reached, files[reached][0], str(error)) from None


def _report_progress(progress: Progress, done: int, files: int, name: str, share: float) -> None:
    progress((done + share) / files, f"Reading {name}")


def _digest(files: Sequence[BinaryIO]) -> str:
    """Return the hash of a file's bytes; for several files the hash of their hashes."""
    digests = []
    for file in files:
        file.seek(0)
        digests.append(hashlib.file_digest(cast("Any", file), "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
