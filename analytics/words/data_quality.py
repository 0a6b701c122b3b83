"""What *Data health* says: how many events are usable, what is wrong with the others, and what to do."""

from datetime import datetime

from analytics.words import display

NO_EVENTS = "There are no events yet. Drop a file under **Import**, or send some events."
EVER = "This counts all events that were ever received. The filters do not matter."
OF_FILE = "This counts all events that were read from the file. The filters do not matter."
FILTERED = "This counts the events in the chosen period and filters"
NONE_UNUSABLE = "All events can be used."
NO_DUPLICATES = "No event was received twice."
ONLY_THE_FIRST = "Only the first of each counts. If a later one is different, compare the two in your CRM."
CHECK_AGAIN = "We will check all of them again. Fill in what you know."
NONE_LEFT = "All of these events are fixed or gone."
TOO_LARGE = "This event is too large to be fixed here. Download it instead."
DOWNLOAD_HELP = (
    "The file has one event a line, with its field and reason. Fix the events and drop the file under Import. We add "
    "the good ones."
)
LEFT_OUT = "These events count, but some of their optional properties could not be used and are missing."
NOT_UNDERSTOOD = "Everything else in their payloads was used. Unknown fields are kept with their events."
TWO_PEOPLE = (
    "Events say that these IDs belong to one person, so we count them as one customer. If that is wrong, fix the "
    "system that sends `waUserId`, `phone` or `previousUserId`, and undo its import."
)
FAST_CLOCK = (
    "The clock of the sending system is fast. Let it follow a time server (NTP). Until then its events look later than "
    "they were."
)
UNNAMED, TEST = "are not one of the nine known events", "are test events"
_MICROSECONDS = 1_000_000


def headline(usable: float, newest: datetime, now: datetime | None) -> str:
    """Return the share of usable events and when the last one came; `now` is None for a file."""
    share = f"{_format_usable_share(usable)} of events are usable."
    if now is None:
        return f"{share} The last event was on {newest:%-d %b %Y, %H:%M %Z}."
    ago = max(0.0, (now - newest).total_seconds())
    return f"{share} The last event came {display.duration(ago)} ago."


def _format_usable_share(share: float) -> str:
    """Return a share in words; it is 100 % only if it is exactly all."""
    return "100 %" if share == 1 else f"{min(share, 0.999):.1%}".replace("%", " %")


def silence(duration: int, usual: float) -> str:
    """Return for how long (microseconds) nothing came, and how many events usually come in that time."""
    return (
        f"No event has come for {display.duration(duration / _MICROSECONDS)}. In this part of the week about "
        f"{display.count(usual)} events usually come in that time. Check that your systems are still sending."
    )


def checked_again(stored: int, duplicates: int, rejected: int) -> str:
    """Return what became of events that were checked again."""
    return (
        f"We checked them again: {display.count(stored)} stored, {display.count(duplicates)} already known, "
        f"{display.count(rejected)} still cannot be used."
    )


def none_found(labels: list[str]) -> str:
    """Return which checks found nothing."""
    return f"Nothing was found for: {'; '.join(labels)}."


def part_of_no_report(number: int, what: str) -> str:
    """Return how many events of all that were received are in no report; `what` says why."""
    one = {UNNAMED: "is not one of the nine known events", TEST: "is a test event"}
    events = f"{display.with_noun(number, 'event')} {one[what] if number == 1 else what}."
    return f"{events} {'It is' if number == 1 else 'They are'} kept, but part of no report."


def ahead(most: str) -> str:
    """Return what is wrong with events later than their arrival; `most` is the written greatest difference, if any."""
    return "Events later than when they were received" + (f", by up to {most}" if most else "")


def compare_with_first(fields: tuple[str, ...]) -> str:
    """Return how duplicates compare with the first event: in which fields they differ, if in any."""
    return f"Different in {', '.join(fields)}" if fields else "Same as the first"
