"""Files that only their user may read: what is stored tells who wrote to whom, and when."""

import os
from contextlib import suppress
from pathlib import Path

_OTHERS = 0o077


def write_privately() -> None:
    """Have all files and folders that this process makes from now on be of its user alone."""
    os.umask(_OTHERS)


def make_folder(folder: Path) -> None:
    """Make a folder for this user alone, with those above it; one that is there already stays as it is.

    Raises:
        OSError: if it cannot be made.
    """
    folder.mkdir(0o700, parents=True, exist_ok=True)


def make_private(*files: Path) -> None:
    """Take the files that are there from all but their user; those of another user stay as they are."""
    for file in files:
        with suppress(OSError):
            mode = file.stat().st_mode
            if mode & _OTHERS:
                file.chmod(mode & ~_OTHERS)
