"""What *Test the integration* says: what each check does, and what its result means."""

INTRODUCTION = (
    "Send events as your CRM would. You will see whether they arrive, whether we understand them, and whether each "
    "counts once."
)
FULL_CHECK = (
    "This sends the conversation of the integration guide. A new customer writes, gets an answer, reads it, is passed "
    "to an agent and gets help. These are seven events of a made-up customer."
)
APART = "The events are marked as a test. They are stored and checked, but are part of no report."
COUNTED = (
    "The dashboard shows how all metrics change. The events stay there, so choose this only in a project for tests."
)
ALL_HOLD = "**All seven checks passed.** Your integration can send like this."
NOT_REACHED = "not checked, because something before it failed"
ELSEWHERE = "you can see this on the dashboard of the other collector"
MOVED = "A number that counts one more case has changed, even if it reads the same."
TESTS_HIDDEN = "The dashboard itself does not show these events, because they are marked as a test."
NEEDS_KEY = "Paste a connection key, or make one for this test. Then you can send everything below."
NO_KEY = "There is no key to listen to yet. Make one above, and let your program send with it."
NOTHING_MISSING = "Nothing is missing so far."
JSON = "This is the body of a request. We send it exactly as it is. Paste what your program sends."
KEEP_THE_KEY = "Put the key into the environment first. Then it is in no file, and not in the history of your shell."
OTHER_SYSTEMS = (
    "This is a sample of what each system sends. A live sample goes to a webhook with a signature. We only check it, "
    "and store nothing."
)
READ_LIKE_AN_IMPORT = "We read it as *Import* does. You can drop message logs of this system there."
ONLY_CHECKED = "We only check this and store nothing."


def burst(days: int, batch: int) -> str:
    """Return what a burst sends: events of so many days, so many in a batch."""
    return (
        f"This sends realistic traffic of the last {days} days from made-up customers, in batches of {batch}. All "
        "events are marked as a test. As in real exports, a few events come twice."
    )


def one_event(about: str) -> str:
    """Return how the form is filled; `about` says what the event is."""
    return f"{about} Fields with a star are required. Leave one out to see what the collector answers."


def listening(since: str) -> str:
    """Return that nothing has come since a written time."""
    return f"We have been listening since {since}. Nothing has come yet. Let your program send with this key."


def lost_statuses(share: str) -> str:
    """Return that a written share of the statuses has no message here."""
    return (
        f"{share} of statuses belong to no message that came while we listened. If the message was not sent before, "
        "compare their messageId with the one in message.sent."
    )
