"""Import says what a file holds in sentences, of one as of many."""

import pytest

from analytics.words import importing

UNREADABLE = "We cannot read this time. Example: 2026-01-20T06:30:00Z"


@pytest.mark.parametrize(
    ("message", "raw", "said"),
    [
        (
            UNREADABLE,
            b'{"timestamp": "20.1.26 half past six"}',
            "We cannot read this time: “20.1.26 half past six”. Example: 2026-01-20T06:30:00Z",
        ),
        (UNREADABLE, b'{"timestamp": [1]}', UNREADABLE),
        (UNREADABLE, b"[]", UNREADABLE),
        ("This field is missing", b"{", "This field is missing"),
    ],
)
def test_a_time_that_cannot_be_read_is_quoted(message, raw, said):
    assert importing.quote_time(message, raw) == said


def test_one_is_told_as_one():
    assert importing.ask(1) == "One question before we import"
    assert importing.ask(2) == "Some questions before we import"
    assert importing.say_usable(2, 3, 1, reported=True) == (
        "2 of 3 events can be used. 1 more can be used once you answer the questions above."
    )
    assert importing.tests(1).startswith("1 event is a test event (`context.test` is true).")
    assert importing.refused(1, others=True) == "1 file cannot be used and is left out:"
