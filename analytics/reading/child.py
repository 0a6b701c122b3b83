"""The program that reads files for its parent: `python -m analytics.reading.child`.

Its standard input is a socket. Over it come requests, each with an open file, and go the answers: blocks of lines, or
what a file holds. It ends with its parent.
"""

import resource
import socket
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import TypeAdapter

from analytics.events.dump_error import DumpError
from analytics.events.files.choices import Choices
from analytics.events.files.contents import contents
from analytics.events.files.dump import read_dump
from analytics.reading.messages import receive, send, send_lines, send_table


def main() -> None:
    """Answer requests until the parent has no more."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # nobody is to find on the disk what a dead one was reading
    with socket.socket(fileno=0) as parent:
        send(parent, {"ready": True})
        for asked, file in _requests(parent):
            with file:
                send(parent, _answer(parent, asked, file))


def _requests(parent: socket.socket) -> Iterator[tuple[dict[str, Any], BinaryIO]]:
    while request := receive(parent):
        _, (descriptor,), _, _ = socket.recv_fds(parent, 1, 1)
        yield request.said, open(descriptor, "rb")  # noqa: PTH123, SIM115  # closed by who takes it


def _answer(parent: socket.socket, asked: dict[str, Any], file: BinaryIO) -> dict[str, Any]:
    """Send what is asked for, and return how that ended."""
    try:
        if "choices" in asked:
            _send_lines(parent, file, TypeAdapter(Choices).validate_json(asked["choices"]))
        else:
            _send_contents(parent, file, asked)
    except DumpError as error:
        return {"refused": str(error)}
    except Exception as error:  # noqa: BLE001  # whatever a file does to a library, the parent says it in words
        return {"failed": type(error).__name__, "memory": isinstance(error, MemoryError), "at": _place(error)}
    return {"done": True}


def _send_lines(parent: socket.socket, file: BinaryIO, choices: Choices) -> None:
    for lines in read_dump(file, lambda share: send(parent, {"share": share}), choices.match, choices.encoding):
        send_lines(parent, lines)


def _send_contents(parent: socket.socket, file: BinaryIO, asked: dict[str, Any]) -> None:
    wanted = {"encoding": asked["encoding"], "rows": asked["rows"]}
    for content in contents(file, asked["name"], **wanted, beat=lambda: send(parent, {"share": 0.0})):
        guess = content.guess and asdict(content.guess)
        said = {"content": content.name, "kind": content.kind, "guess": guess}
        if content.sample is None:
            send(parent, said)
        else:
            send_table(parent, said, content.sample)


def _place(error: Exception) -> str:
    """Return where an error was raised; its message may hold what is in the file."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


if __name__ == "__main__":
    main()
