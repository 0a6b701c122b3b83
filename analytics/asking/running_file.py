"""The file beside an embedded store in which the process that holds it says how it is reached.

Only the user whose store it is can read it: who knows its secret may do what that user may.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import msgspec

from analytics.store.beside import running_file, unfinished


@dataclass(frozen=True)
class Running:
    """A running process: its port on 127.0.0.1, its secret in hexadecimal, and its number."""

    port: int
    secret: str
    process: int

    @property
    def key(self) -> bytes:
        """The secret."""
        return bytes.fromhex(self.secret)


def say_running(store: Path, port: int) -> Running:
    """Say that this process answers for a store at a port, with a new secret.

    Raises:
        OSError: if the file cannot be written.
    """
    running = Running(port, secrets.token_hex(32), os.getpid())
    part = unfinished(running_file(store))
    part.unlink(missing_ok=True)
    with open(part, "xb", opener=_open_for_this_user) as file:  # Path.open takes no opener
        file.write(msgspec.json.encode(running))
    part.replace(running_file(store))
    return running


def read_running(store: Path) -> Running | None:
    """Return which process says that it answers for a store; it may have ended since. None if none does.

    A file that others could have written is not believed.
    """
    path = running_file(store)
    try:
        found = path.stat()
        others_may = os.name == "posix" and found.st_mode & 0o077
        if others_may or found.st_uid != store.stat().st_uid:
            return None
        running = msgspec.json.decode(path.read_bytes(), type=Running)
        bytes.fromhex(running.secret)
    except (OSError, ValueError):
        return None
    return running


def forget_running(store: Path, running: Running) -> None:
    """Remove what this process has said, unless another has spoken since."""
    if read_running(store) == running:
        running_file(store).unlink(missing_ok=True)


def _open_for_this_user(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
