"""A Chromium whose pages no debugger watches, and which tells when things were first seen on them.

Playwright has a browser report its requests and its console, each with the line of code that caused it. To name such
lines V8 reads whole scripts once more, Plotly four times while a page is drawn: about a second that no user waits for.
Here a page times itself, and is asked when it is done.
"""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser import start

SIZE = {"width": 1440, "height": 1000}
DEADLINE = 60
SETTLING = 1.5
"""Seconds in which a page that has all it is awaited for may end what it does: the next begins on an idle machine."""
WATCH = """(conditions => {
    window.seen = {};
    const look = () => requestAnimationFrame(() => {
        for (const [name, holds] of Object.entries(conditions))
            if (!(name in window.seen) && holds()) {
                window.seen[name] = 0;  // what is there now is painted by the next frame
                requestAnimationFrame(() => { window.seen[name] = performance.now() / 1000; });
            }
        look();
    });
    look();
})"""


class Unwatched:
    """A browser, driven by the few commands of the DevTools protocol that report nothing."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._asked = 0

    def first_seen(self, url: str, conditions: Mapping[str, str]) -> dict[str, float]:
        """Return by name the seconds from navigation until each condition, a JavaScript expression, was painted.

        The page is the first of a browser that has kept nothing.
        """
        context = self._ask("Target.createBrowserContext")
        target = self._ask("Target.createTarget", url="about:blank", **context, **SIZE)
        session = self._ask("Target.attachToTarget", **target, flatten=True)["sessionId"]
        functions = ", ".join(f"{json.dumps(name)}: () => {expression}" for name, expression in conditions.items())
        self._ask("Page.enable", session)
        self._ask("Page.addScriptToEvaluateOnNewDocument", session, source=f"{WATCH}({{{functions}}})")
        self._ask("Page.navigate", session, url=url)
        seen = self._wait(session, len(conditions))
        time.sleep(SETTLING)
        self._ask("Target.disposeBrowserContext", **context)
        return seen

    def _wait(self, session: str, conditions: int) -> dict[str, float]:
        """Ask once a second, which takes the page a millisecond."""
        seen: dict[str, float] = {}
        for _ in range(DEADLINE):
            time.sleep(1)
            answer = self._ask("Runtime.evaluate", session, expression="JSON.stringify(window.seen ?? {})")
            seen = json.loads(answer["result"]["value"])
            if len(seen) == conditions and all(seen.values()):
                return seen
        raise TimeoutError(f"seen within {DEADLINE} s: {seen}")

    def _ask(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        self._asked += 1
        asked = {"id": self._asked, "method": method, "params": parameters}
        self._connection.send(json.dumps(asked | ({"sessionId": session} if session else {})))
        while (answer := json.loads(self._connection.recv(DEADLINE))).get("id") != self._asked:
            pass  # an event, or the answer to nothing
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]


@contextmanager
def chromium() -> Iterator[Unwatched]:
    """Yield the Chromium of this machine."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [start.CHROMIUM, "--headless", "--remote-debugging-port=0", f"--user-data-dir={profile}", *start.FLAGS],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            address = next(found[0] for line in process.stderr if (found := re.search(r"ws://\S+", line)))
            with connect(address, max_size=None) as connection:
                yield Unwatched(connection)
        finally:
            process.terminate()
            process.wait(30)
