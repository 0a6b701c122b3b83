"""Simulated events for the benchmarks: files and event frames and stores, made once and kept in a cache directory."""

import shutil
import sys
from argparse import ArgumentParser, Namespace
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics import read_dump, validate
from analytics.events.validate import Validation
from analytics.simulation import simulate
from analytics.store.event_store import open_store_at

DAYS = 60
LACKING = 77
"""The exit status of a benchmark that needs a program which is not installed."""


def arguments(description: str | None, *, rounds: int = 5) -> ArgumentParser:
    """Return the options that all benchmarks share."""
    parser = ArgumentParser(description=description)
    parser.add_argument("--cache", type=Path, default=Path(__file__).with_name(".cache"), help="where files are kept")
    parser.add_argument("--rounds", type=int, default=rounds, help="how often each contender runs")
    parser.add_argument("--small", action="store_true", help="only see that it runs: few events, one round")
    return parser


def parse(parser: ArgumentParser, *, needs: tuple[str, ...] = (), **small: Any) -> Namespace:
    """Return the options, those of `small` where it is asked for; end here if a program that it needs is missing."""
    options = parser.parse_args()
    missing = [program for program in needs if shutil.which(program) is None]
    if missing:
        print(f"not installed on this machine: {', '.join(missing)}", file=sys.stderr)
        sys.exit(LACKING)
    if options.small:
        vars(options).update(rounds=1, **small)
    return options


def count(millions: float) -> int:
    """Return how many events that is."""
    return round(millions * 1_000_000)


def dump(cache: Path, events: int, *, bad: float = 0.0) -> Path:
    """Return a file of simulated events; it is written first where it is missing."""
    path = cache / f"events_{events}_bad{bad:g}.ndjson"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            file.writelines(simulate(events, seed=1, days=DAYS, bad=bad))
        unfinished.rename(path)
    return path


def frame(cache: Path, events: int, *, of: int | None = None) -> pd.DataFrame:
    """Return a validated event frame; with `of`, some users' events out of a frame of so many."""
    path = cache / f"frame_{events}_of_{of or events}.pickle"
    if path.exists():
        return pd.read_pickle(path)  # noqa: S301 - written below
    found = _part(frame(cache, of), events) if of and of > events else validate(read_dump(dump(cache, events))).events
    found.to_pickle(path)
    return found


def _part(events: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return all events of as many users as together have about `size` events."""
    per_user = np.bincount(events["user_id"].array.codes)
    order = np.random.default_rng(1).permutation(len(per_user))
    chosen = np.zeros(len(per_user), np.bool_)
    chosen[order[np.cumsum(per_user[order]) <= size]] = True
    part = events[chosen[events["user_id"].array.codes]].reset_index(drop=True)
    for name in part.select_dtypes("category"):
        if name != "event":
            part[name] = part[name].cat.remove_unused_categories()
    return part


def store(cache: Path, events: int) -> str:
    """Return the URL of an event store of simulated events; it is filled first where it is missing."""
    path = cache / f"store_{events}.duckdb"
    url = f"duckdb:///{path.resolve()}"
    if not path.exists():
        unfinished = path.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        with closing(open_store_at(f"duckdb:///{unfinished.resolve()}")) as filled:
            project = filled.create_project("simulated").id
            filled.add_import(project, Validation(frame(cache, events), []), file="simulated.ndjson", digest="")
        unfinished.rename(path)
    return url
