"""What is seen of an embedded store: by a page, a command and a client of the collector, and what is said of it.

A process that runs `watch` looks at one store after another, so that one that ends the process is noticed.
"""

import json
import logging
import sys
import threading
import traceback
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import requests

from analytics.cli.main import main
from analytics.live import snapshots
from analytics.live.follower import Follower
from analytics.metrics.filters import Filter
from analytics.metrics.report import report
from analytics.settings import settings
from analytics.store.database import StoreError
from analytics.store.event_store import EventStore, open_store_at
from tests.events_of import sent
from tests.servers import collector

Numbers = Any


@dataclass
class Look:
    """What was shown, by who showed it; what was said; tracebacks, which nobody should ever see."""

    shown: dict[str, Numbers] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)


def look(store: Path, key: str) -> Look:
    """Look at a store as everybody does, and send it an event with a write key."""
    found = Look()
    with _Listening(found):
        for name, see in {"page": _page, "command": _command, "client": lambda path: _client(path, key, found)}.items():
            try:
                found.shown[name] = see(store)
            except StoreError as error:
                found.said.append(str(error))
            except Exception:  # noqa: BLE001  # whatever it is, a user would see it
                found.tracebacks.append(f"{name}: {traceback.format_exc()}")
    return found


def _page(path: Path) -> Numbers:
    with closing(open_store_at(f"duckdb:///{path}")) as store:
        project = next(iter(store.projects()), None)
        if project is None:
            return "the page for who has no events yet"
        following = Follower(store, project)
        try:
            facts = following.look().facts
        finally:
            following.stop()
        return {"report": _plain(report(facts, Filter())), "lists": _lists(store, project.id)}


def _lists(store: EventStore, project: int) -> Numbers:
    return {
        "events": store.count(project),
        "rejected": len(store.list_rejected(project)),
        "reasons": _plain(store.list_reasons(project)),
        "imports": _plain(store.imports(project)),
        "repeats": _plain(store.repeats(project)),
        "keys": _plain(store.keys.all()),
    }


def _command(path: Path) -> Numbers:
    out, err, code = StringIO(), StringIO(), None
    with (
        patch.dict("os.environ", ANALYTICS_STORE_URL=f"duckdb:///{path}"),
        patch("sys.argv", ["analytics", "metrics", "--format", "json"]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        settings.cache_clear()
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        finally:
            settings.cache_clear()
    if code:
        raise StoreError(err.getvalue())
    return json.loads(out.getvalue())


def _client(path: Path, key: str, found: Look) -> Numbers:
    with closing(open_store_at(f"duckdb:///{path}")) as store, collector(store) as address:
        body = {"batch": [sent("06:30")]}
        answer = requests.post(f"{address}/v1/capture", json=body, headers={"X-Write-Key": key}, timeout=30)
        found.said += [] if answer.ok else [answer.text]
        return None


def _plain(thing: Any) -> Numbers:
    return json.loads(json.dumps(thing, default=str))


class _Listening(logging.Handler):
    """Hears what is logged, and errors of threads."""

    def __init__(self, found: Look) -> None:
        super().__init__(logging.WARNING)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        if record.exc_info:
            self._found.tracebacks.append(self.format(record))
        self._found.said.append(record.getMessage())

    def __enter__(self) -> None:
        logging.getLogger().addHandler(self)
        threading.excepthook = lambda error: self._found.tracebacks.append(repr(error.exc_value))

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
        threading.excepthook = threading.__excepthook__


def watch() -> None:
    """Look at the stores that stdin names, each with a write key, and tell on stdout what was found."""
    snapshots.LEAST_EVENTS = 1
    told = sys.stdout
    for line in sys.stdin:
        path, key = json.loads(line)
        told.write(json.dumps(asdict(look(Path(path), key))) + "\n")
        told.flush()
