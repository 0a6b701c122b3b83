"""Streamlit's front end for a browser that has not loaded it before: numbers appear a third of a second earlier.

Such a browser spends most of its time on reading code, in the same thread that draws the page.
"""

from collections.abc import Iterable
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCRIPTS = "static/js/"
PLOTLY = "PlotlyChart"
EARLY = (
    "DataFrame", "DateField", "DateInput", "Metric", "Multiselect", "ReorderedSegments", "Selectbox", "TextInput",
    "arrowFormatUtils", "moment", "numbro", "purify.es", "reactJsonViewCompat", "recordbatch",
    "serialization", "useMenuTrigger", "useSyncComboBoxEnterTargetFocus",
)  # fmt: skip
"""The parts of 10 kB or more with which most pages draw."""
COMPILED_ASIDE = b"//# allFunctionsCalledOnLoad\n"
"""Has V8 compile a script whole while it arrives, on another core (https://v8.dev/blog/explicit-compile-hints)."""

_FOLDER = Path(st.__file__).parent / "static" / SCRIPTS


class FrontEnd:
    """Tells the browser early which parts a page needs, and has it compile Plotly, half of all code, in parallel.

    Otherwise a browser learns of each part when the first element of its kind arrives, and compiles Plotly's functions
    one by one before it draws numbers and tables. For other browsers the hint is only a comment.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.early = ", ".join(f"<{SCRIPTS}{path.name}>; rel=modulepreload" for path in scripts(EARLY))
        self.plotly = {f"/{SCRIPTS}{path.name}": _serve_compiled_aside(path) for path in scripts([PLOTLY])}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with Plotly's code, or pass on a request and name the early parts where a page is answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if plotly := next((script for path, script in self.plotly.items() if scope["path"].endswith(path)), None):
            await plotly(scope, receive, send)
            return

        async def naming(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                MutableHeaders(scope=message).append("Link", self.early)
            await send(message)

        await self.app(scope, receive, naming)


def scripts(names: Iterable[str]) -> list[Path]:
    """Return the files of parts of Streamlit's front end; those that this version has not are left out."""
    return [path for name in names for path in sorted(_FOLDER.glob(f"{name}.*.js"))]


def _serve_compiled_aside(script: Path) -> Response:
    cached = {"Cache-Control": "public, immutable, max-age=31536000"}  # as Streamlit's own answers: names hold a digest
    return Response(COMPILED_ASIDE + script.read_bytes(), media_type="text/javascript", headers=cached)


def _is_page(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")
