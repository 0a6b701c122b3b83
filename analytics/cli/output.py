"""The output of commands: files, and tables for a terminal."""

import gzip
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

import click

from analytics.store.private_files import make_private


def write_file(path: Path, blocks: Iterable[bytes]) -> None:
    """Write a file for this user alone, gzipped where its name ends in .gz.

    Raises:
        click.ClickException: where it cannot be written.
    """
    try:
        with _open(path) as file:
            if path.is_file():  # rather than a terminal, or nothing
                make_private(path)
            file.writelines(blocks)
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written: {error.strerror}.") from None


def _open(path: Path) -> BinaryIO:
    if path.suffix != ".gz":
        return path.open("wb")
    return cast("BinaryIO", gzip.GzipFile(path, "wb", compresslevel=5, mtime=0))  # the same bytes each time


def format_instant(time: datetime | None) -> str:
    """Return a time in UTC to the minute; a dash for None."""
    return "–" if time is None else time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def align_columns(lines: Sequence[Sequence[str]]) -> str:
    """Return a table for a terminal, columns as wide as they need."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )
