"""Datasets: events that are being explored, shared by all sessions and kept until memory is needed.

A dataset is known by a token that nobody can guess who does not have the file: the hash of its bytes. It
stands in the URL, so that a reload or a colleague's browser finds the same data.
"""

import hashlib
import io
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any, BinaryIO, cast

import pandas as pd
import streamlit as st

from analytics.events.dump_error import DumpError
from analytics.events.files.choices import NOTHING_SAID, Choices
from analytics.events.files.dump import read_dump
from analytics.events.raw_lines import RawLines
from analytics.events.validate import Validated, validate
from analytics.facts.facts import Rules, build_facts
from analytics.live.dataset import Dataset
from analytics.simulation import simulate

NamedFile = tuple[str, BinaryIO]
Progress = Callable[[float, str], None]

STORED = ""
"""The token of the stored events, which need not be named."""

SAMPLE = "sample"
SAMPLE_EVENTS = 60_000
SAMPLE_DAYS = 60
MAX_EVENTS = 12_000_000
"""How many events the explored datasets hold together; the one not looked at for longest goes first."""


class FileError(DumpError):
    """A file that cannot be used at all: its place among those dropped, its name and the reason."""

    def __init__(self, place: int, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.place, self.name, self.reason = place, name, reason


class Datasets:
    """The explored datasets by token, the one used last at the end."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Dataset] = OrderedDict()
        self._lock = Lock()

    def get(self, token: str, rules: Rules | None = None) -> Dataset | None:
        """Return a dataset, with facts made under `rules` if they are named; None where it is not here (any more)."""
        found = self._fresh_sample() if token == SAMPLE else self._used(token)
        if found is None or rules in (None, found.facts.rules):
            return found
        return self.add(replace(found, facts=build_facts(found.events, rules)))

    def _used(self, token: str) -> Dataset | None:
        with self._lock:
            if token in self._known:
                self._known.move_to_end(token)
            return self._known.get(token)

    def add(self, dataset: Dataset) -> Dataset:
        """Keep a dataset, and let go of those not used for longest where there are too many events."""
        with self._lock:
            self._known[dataset.token] = dataset
            self._known.move_to_end(dataset.token)
            while len(self._known) > 1 and sum(len(kept.events) for kept in self._known.values()) > MAX_EVENTS:
                self._known.popitem(last=False)
        return dataset

    def _fresh_sample(self) -> Dataset:
        """Return the sample data, made anew each day so that it ends today."""
        now = datetime.now(UTC)
        token = f"{SAMPLE} {now.date()}"
        with self._lock:
            known = self._known.get(token)
        return known or self.add(_sample(token, now))


@st.cache_resource(show_spinner=False)
def datasets() -> Datasets:
    """Return the datasets of this process."""
    return Datasets()


def with_test_events(dataset: Dataset) -> Dataset:
    """Return a dataset whose facts count test events, too; made anew when asked for, and kept for a while."""
    return _under(dataset, dataset.token, replace(dataset.facts.rules, include_test=True))


@st.cache_resource(show_spinner="Counting test events, too", max_entries=2)
def _under(_dataset: Dataset, token: str, rules: Rules) -> Dataset:  # noqa: ARG001  # what it is known by
    return replace(_dataset, facts=build_facts(_dataset.events, rules))


def load_usable(
    files: Sequence[NamedFile], progress: Progress, choices: Choices
) -> tuple[Dataset | None, dict[str, str]]:
    """Return the dataset of those files that can be used, None without any, and why the others cannot, by name."""
    usable = list(files)
    refused: dict[str, str] = {}
    while usable:
        try:
            return load(usable, progress, choices), refused
        except FileError as file:
            refused[file.name] = file.reason
            del usable[file.place]
    return None, refused


def load(files: Sequence[NamedFile], progress: Progress, choices: Choices = NOTHING_SAID) -> Dataset:
    """Validate named files together into one dataset; `progress` hears a share and what is being done.

    Raises:
        FileError: when one of them cannot be used at all.
    """
    digest = _digest([file for _, file in files])
    token = hashlib.sha256(f"{digest}{choices.token}".encode()).hexdigest()[:32]
    known = datasets().get(token)
    if known:
        return known
    found = validate(_blocks(files, progress, choices), choices.assumptions)
    progress(1.0, "Computing the numbers")
    name = files[0][0] if len(files) == 1 else f"{len(files)} files"
    return datasets().add(Dataset(token, name, found, build_facts(found.events), digest=digest))


def _blocks(files: Sequence[NamedFile], progress: Progress, choices: Choices) -> Iterator[RawLines]:
    for place, (name, file) in enumerate(files):
        hear = partial(_hear, progress, place, len(files), name)
        try:
            for lines in read_dump(file, hear, choices.match):
                yield (
                    lines if len(files) == 1 else replace(lines, file=f"{lines.file} in {name}" if lines.file else name)
                )
        except DumpError as error:
            raise FileError(place, name, str(error)) from None


def _hear(progress: Progress, done: int, files: int, name: str, share: float) -> None:
    progress((done + share) / files, f"Reading {name}")


def _digest(files: Sequence[BinaryIO]) -> str:
    """Return the hash of a file's bytes, of several files that of their hashes."""
    digests = []
    for file in files:
        file.seek(0)
        digests.append(hashlib.file_digest(cast("Any", file), "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _sample(token: str, now: datetime) -> Dataset:
    start = now.date() - timedelta(days=SAMPLE_DAYS - 1)
    dump = io.BytesIO(b"".join(simulate(SAMPLE_EVENTS, seed=1, start=start, days=SAMPLE_DAYS)))
    found = validate(read_dump(dump))
    past = _some_waiting(found.events[found.events["timestamp"] <= now], now)
    found = Validated(past, found.rejected, found.repeats)
    return Dataset(token, "Sample data", found, build_facts(past))


def _some_waiting(events: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Return events without what followed every second handoff of the last day: so in a real shop some wait now."""
    lately = events[(events["event"] == "agent.handoff") & (events["timestamp"] > now - timedelta(days=1))]
    since = lately.iloc[::2].groupby("user_id", observed=True)["timestamp"].min()
    passed_on = events["user_id"].astype("str").map(since.rename(str))
    return events[~(events["timestamp"] > passed_on)].reset_index(drop=True)
