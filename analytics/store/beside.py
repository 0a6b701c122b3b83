"""The file of an embedded store, and what lies beside it and is called after it."""

import glob
from datetime import datetime
from pathlib import Path

from analytics.store.commits import commits_path
from analytics.store.database import StoreError


def find_file(url: str) -> Path | None:
    """Return the file of the embedded store at a URL; None for PostgreSQL.

    Raises:
        StoreError: where the URL is not understood.
    """
    kind, _, place = url.partition("://")
    if kind == "duckdb" and place.startswith("/"):
        return Path(place[1:])
    if kind.split("+")[0] in ("postgresql", "postgres"):
        return None
    raise StoreError(
        "We cannot read the store's URL. Write it as duckdb:///path/to/file or postgresql://user@host/database."
    )


def log_of(store: Path) -> Path:
    """Return DuckDB's log of what is not yet in the file."""
    return store.with_name(f"{store.name}.wal")


def running_file(store: Path) -> Path:
    """Return where the process that holds the store says how commands reach it."""
    return store.with_name(f"{store.name}.running")


def unfinished(store: Path) -> Path:
    """Return what a file is called while it is being written."""
    return store.with_name(f"{store.name}.part")


def is_unfinished(file: Path) -> bool:
    """Return whether a file is called so."""
    return file.suffix == unfinished(file).suffix


def before_version(store: Path, version: int) -> Path:
    """Return the backup that is made before the tables are upgraded to a version."""
    return store.with_name(f"{store.name}.before-version-{version}")


def before_restore(store: Path, now: datetime) -> Path:
    """Return what a store is called once another was restored into its place."""
    return store.with_name(f"{store.name}.before-restore-{now:%Y-%m-%d-%H%M%S}")


def forget_what_lies_beside(store: Path) -> None:
    """Remove what was derived from a store, or counted along with it, before another takes its place."""
    copies = store.parent.glob(f"{glob.escape(store.name)}.*.copy*")
    for path in (commits_path(store), running_file(store), *copies):
        path.unlink(missing_ok=True)
