"""Events that say that they happened after they were received are counted by name."""

from datetime import UTC, datetime, timedelta

from analytics.store.ahead import EventsAhead
from analytics.store.event_store import Delivery
from analytics.store.rows import event_rows
from tests.events_of import read, received, sent

RECEIVED_AT = datetime(2026, 1, 20, 6, 30, tzinfo=UTC)


def test_what_is_more_than_a_minute_ahead_is_counted_by_name_with_the_worst(store, shop, found):
    frame = found(
        sent("06:29", "a"),
        received("06:31", "b"),  # a minute is nothing
        received("06:32", "c"),
        received("06:40", "d"),
        read("06:35", "a"),
        sent("06:50", "test", test=True),
    ).events
    assert store.find_ahead_of_time(shop) == []
    store.add(Delivery(event_rows(frame, shop, RECEIVED_AT), []), set(), set())
    assert store.find_ahead_of_time(shop) == [
        EventsAhead("message.received", 2, timedelta(minutes=10)),
        EventsAhead("message.read", 1, timedelta(minutes=5)),
    ]
