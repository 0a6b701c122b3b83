"""Whether there is room for more on the disk of a store."""

import shutil
from pathlib import Path

_LEAST_BYTES = 2**20


class Room:
    """The room on the disk of a file, and whether it was too little for what was written last."""

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._free_when_full: int | None = None

    @property
    def free(self) -> int:
        """The bytes that this user may still write."""
        return shutil.disk_usage(self._folder).free

    @property
    def is_left(self) -> bool:
        """Whether something can be written; after it could not, only once there is more room than at that time."""
        least = _LEAST_BYTES if self._free_when_full is None else self._free_when_full + _LEAST_BYTES
        return self.free >= least

    def note_written(self) -> None:
        """Note that there was room."""
        self._free_when_full = None

    def note_full(self) -> None:
        """Note that there was none."""
        self._free_when_full = self.free
