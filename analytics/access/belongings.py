"""Whose is what Streamlit keeps for a page: a file that is made for it, or that it uploads.

Streamlit hands out either to whoever knows its address. Here both are only for those whose pages were told it.
"""

import re
from collections import OrderedDict
from pathlib import PurePosixPath

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

_MEDIA, _UPLOADS = "/media/", "/_stcore/upload_file/"
_NAMED = re.compile(rb"/media/([0-9a-f]{32,128})\b")
_MOST = 20_000


class Belongings:
    """The pages and the files that persons' pages were told of lately."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, str] = OrderedDict()
        self._files: OrderedDict[tuple[str, str], None] = OrderedDict()

    def note_page(self, page: str, person: str) -> None:
        """Note whose a page is."""
        self._pages[page] = person
        self._pages.move_to_end(page)
        if len(self._pages) > _MOST:
            self._pages.popitem(last=False)

    def note_files(self, said: bytes, person: str) -> None:
        """Note the files that a person's page is told of."""
        if _MEDIA.encode() not in said:
            return
        for name in _NAMED.findall(said):
            self._files[name.decode(), person] = None
            self._files.move_to_end((name.decode(), person))
        while len(self._files) > _MOST:
            self._files.popitem(last=False)

    def is_page_of(self, page: str, person: str) -> bool:
        """Return whether a page is a person's."""
        return self._pages.get(page) == person

    def are_of(self, person: str, path: str) -> bool:
        """Return whether a person may have what lies at a path; what belongs to no page is everybody's."""
        if path.startswith(_UPLOADS):
            return self.is_page_of(path.removeprefix(_UPLOADS).split("/")[0], person)
        if path.startswith(_MEDIA):
            return (PurePosixPath(path).stem, person) in self._files
        return True

    @staticmethod
    def uncached(path: str, send: Send) -> Send:
        """Return what sends an answer so that no browser keeps what was made for a page."""
        if not path.startswith(_MEDIA):
            return send

        async def send_uncached(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["cache-control"] = "no-store"
            await send(message)

        return send_uncached
