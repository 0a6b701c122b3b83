"""What one write key brings from some moment on."""

import json

import pytest

from analytics.store.arrivals import find_arrivals, this_moment
from analytics.store.event_store import Delivery
from analytics.store.rows import event_rows, rows_of_rejected
from tests.events_of import instant, read, received, sent


@pytest.fixture
def key(store, shop):  # noqa: ARG001  # the project comes first
    """A key of the shop."""
    return store.keys.find(store.keys.create("CRM", "shop"))


@pytest.fixture
def bring(store, shop, found):
    """A function that keeps what came with a key, at a time."""

    def bring(key, *events, at):
        judged = found(*events)
        origins = [key.id] * (len(events) + 1)
        rows = event_rows(judged.events, shop, instant(at), write_keys=origins)
        bad = rows_of_rejected(judged.rejected, shop, instant(at), write_keys=origins)
        store.add(Delivery(rows, bad), {key.id}, set())

    return bring


def names(frame):
    return frame["event"].astype(str).tolist()


def test_what_a_key_brought_before_is_no_arrival_and_the_newest_comes_first(store, key, bring):
    bring(key, received("06:30"), at="06:31")
    since = this_moment(store)
    assert find_arrivals(store, key, since).events.empty
    bring(key, sent("06:35"), at="06:36")
    bring(key, read("06:50", "out at 06:35"), received("06:40"), at="06:51")
    assert names(find_arrivals(store, key, since).events) == ["message.read", "message.received", "message.sent"]


def test_other_keys_are_not_heard(store, key, bring):
    since = this_moment(store)
    bring(store.keys.find(store.keys.create("Shop", "shop")), received("06:30"), at="06:31")
    assert find_arrivals(store, key, since).events.empty


def test_rejected_events_are_heard_with_their_reason(store, key, bring):
    since = this_moment(store)
    bring(key, json.dumps(read("06:30", None)).encode(), at="2100-01-01 00:00")
    bring(key, json.dumps(read("06:31", None)).encode(), at="2009-01-01 00:00")
    assert find_arrivals(store, key, since).rejected == [("missing", "properties.messageId", "This field is missing")]
