"""What *Import* says: how many events of a file can be used, what happens to the others, and what it would change."""

import orjson

from analytics.words import display

INTRODUCTION = (
    "Drop what your CRM exports: CSV, Excel or Parquet with one event or one message per row, or events as JSON. Files "
    "may be compressed. We check them here first. Then you can explore them without storing anything, or add them to "
    "your stored events. Nothing leaves this machine."
)
STOPPED = "You stopped the reading. Nothing was stored."
ENCODING_HELP = "The file is not UTF-8. If letters with accents look wrong, choose another encoding."
DUPLICATES_HELP = "Each event counts once. The first one stays."
DOWNLOAD_HELP = (
    "The file has one event a line, with its line, field and reason. Fix the events and drop the file again."
)
EMPTY_HELP = "Write it in upper or lower case. You need not name empty cells."
BOTS_HELP = "Their replies count as replies of a bot, and as no agent’s work."
LEFT_OUT_HELP = (
    "For example private notes and activities that no customer ever saw. We count these rows, but do not read them."
)
_UNREADABLE = "We cannot read this time"
NONE_USABLE = "None of these events can be used."


def ask(questions: int) -> str:
    """Return what stands above so many questions."""
    return "One question before we import" if questions == 1 else "Some questions before we import"


def say_numbers(new: int, again: int, known: int, rejected: int) -> str:
    """Return what of a file is new; an event that stands in it twice is a duplicate, not one that was known before."""
    repeated = f"{display.with_noun(again, 'duplicate')}, " if again else ""
    return (
        f"{display.count(new)} new, {repeated}{display.count(known)} already known, {display.count(rejected)} cannot "
        "be used"
    )


def say_usable(usable: int, received: int, waiting: int, *, reported: bool) -> str:
    """Return how many of the received events can be used, and how many more can once questions are answered."""
    those = "All events" if usable == received else f"{display.count(usable)} of {display.with_noun(received, 'event')}"
    more = f" {display.count(waiting)} more can be used once you answer the questions above." if waiting else ""
    return f"{those} can be used{'.' if reported else ', but none of them is part of a report.'}{more}"


def say_unanswered(questions: int, waiting: int) -> str:
    """Return that so many events cannot be used before so many questions are answered."""
    those = "the question" if questions == 1 else "the questions"
    need = "needs" if waiting == 1 else "need"
    return f"Please answer {those} above first. {display.with_noun(waiting, 'event')} {need} an answer."


def rows_left_out(count: int) -> str:
    """Return how many rows were left out, as somebody chose."""
    return f"{display.with_noun(count, 'row')} {_are(count)} left out, as you chose above."


def conflicts(count: int) -> str:
    """Return how many duplicates differ from the first event."""
    differ = "is" if count == 1 else "are"
    return (
        f"{display.with_noun(count, 'duplicate')} {differ} different from the first event with the same identity. The "
        "first one counts."
    )


def unknown_events(count: int, name: str) -> str:
    """Return that so many events have a name that is unknown; `name` is escaped."""
    what = (
        "is not one of the nine known events. It is" if count == 1 else "are not one of the nine known events. They are"
    )
    return f"{display.with_noun(count, 'event')} “{name}” {what} kept, but part of no report."


def tests(count: int) -> str:
    """Return how many events are test events."""
    what = "is a test event" if count == 1 else "are test events"
    return (
        f"{display.with_noun(count, 'event')} {what} (`context.test` is true). We check them, but they are part of no "
        "report."
    )


def properties_left_out(count: int) -> str:
    """Return how many values of optional properties could not be used."""
    return (
        f"{display.with_noun(count, 'value')} of optional properties could not be used. The events count without them."
    )


def not_understood(count: int) -> str:
    """Return how many things in payloads of other systems were not understood."""
    return f"We did not understand {display.with_noun(count, 'thing')} in payloads of other systems"


def quote_time(message: str, raw: bytes) -> str:
    """Return the reason of a rejected event, with its time if that is a text that could not be read.

    `raw` is the event as it came.
    """
    if not message.startswith(f"{_UNREADABLE}."):
        return message
    event = orjson.loads(raw)
    time = event.get("timestamp") if isinstance(event, dict) else None
    if not isinstance(time, str):
        return message
    return f"{_UNREADABLE}: “{display.shorten(time)}”{message.removeprefix(_UNREADABLE)}"


def refused(files: int, *, others: bool) -> str:
    """Return that so many files cannot be used; with `others`, the rest of the files can."""
    return f"{display.with_noun(files, 'file')} cannot be used{f' and {_are(files)} left out' if others else ''}:"


def too_large(gigabytes: float, command: str) -> str:
    """Return that files are too large together, and the `command` of a shell that reads them."""
    return (
        f"These files have {gigabytes:.1f} GB together. The dashboard takes up to 1 GB. Drop fewer files at a time, or "
        f"read them in a shell, which has no limit: `{command}`. Stop the dashboard before, unless the events are kept "
        "in PostgreSQL."
    )


def confirm_undo(file: str, stored: int) -> str:
    """Return what undoing an import removes; `file` is escaped."""
    return (
        f"**{file}** added {display.with_noun(stored, 'new event')}. Undoing removes them, and the events of this file "
        "that cannot be used. Everything that was stored before stays. You can import the file again."
    )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
