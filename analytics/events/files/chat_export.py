"""What a phone writes when somebody taps “Export chat”: texts without numbers, ids or deliveries. It is not read."""

import re

from analytics.events.dump_error import DumpError

_LINES_TO_SEE = 50
_MARKS = re.compile("[\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{LEFT-TO-RIGHT EMBEDDING}\ufeff]")
_WHEN = r"\d{1,4}[-./]\s?\d{1,2}[-./]\s?\d{1,4}\.?,?\s\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[^\W\d]\.?\s?[^\W\d]\.?)?"
_LINE = re.compile(rf"\[{_WHEN}\]\s\S|{_WHEN}\s[-–]\s\S")
_NEEDED = (
    "This is a chat that a phone has exported (“Export chat”): it has no phone numbers and no message IDs, and does "
    "not say what was delivered or read. Export the message log of the system with which you send and answer instead, "
    "as CSV, Excel or JSON; or connect that system. Then its events come by themselves."
)


def refuse_chat_export(head: bytes) -> None:
    """Refuse a phone's chat, by the beginning of the file.

    Raises:
        DumpError: saying what to export instead; it repeats nothing of the chat.
    """
    text = _MARKS.sub("", head[: 2**16].decode(errors="replace")).lstrip()
    lines = [line for line in text.splitlines() if line.strip()][:_LINES_TO_SEE]
    if lines and _LINE.match(lines[0]) and (len(lines) == 1 or any(map(_LINE.match, lines[1:]))):
        raise DumpError(_NEEDED)
