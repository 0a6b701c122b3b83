"""Copies of a project's events, which lie beside the file of the embedded store: their names, and when they go."""

from glob import escape
from pathlib import Path


def copy_path(store: Path, project: int) -> Path:
    """Return the path for the copy of a project."""
    return store.with_name(f"{store.name}.{project}.copy")


def unfinished_path(copy: Path) -> Path:
    """Return the path of a copy for as long as it is being written."""
    return copy.with_name(f"{copy.name}.part")


def remove_unfinished(store: Path) -> None:
    """Remove what a process that was killed has not finished; no other process has the store open."""
    for path in store.parent.glob(f"{escape(store.name)}.*.copy.part"):
        path.unlink(missing_ok=True)
