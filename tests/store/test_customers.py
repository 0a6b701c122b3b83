"""Customers as they are kept: by every id, with what brought each link, beside each event."""

import json
from collections import defaultdict
from contextlib import closing
from uuid import UUID

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from analytics.events.customers import join_ids
from analytics.events.rejected import identifier
from analytics.store.event_store import Delivery, open_store_at
from analytics.store.judged_again import find_judged_again
from analytics.store.rejected import RetryResult
from analytics.store.rows import event_rows, key_of_rejected, rows_of_rejected
from analytics.store.survey import survey
from analytics.store.tables import events, linked_ids, rejected_events
from tests.events_of import JOHN, MARY, contact, instant, received, resolved, sent
from tests.store.older_tables import take_back

BSUID, OTHER = "KE.1349AB", "KE.1350CD"


@pytest.fixture
def customers(store, shop):
    """A function that returns the message ids of each customer, as the numbers beside the events say."""

    def customers():
        with store.database.reading() as connection:
            rows = connection.execute(select(events.c.customer, events.c.message_id).where(events.c.project == shop))
            parts = defaultdict(set)
            for number, message in rows:
                assert number is not None
                parts[number].add(message)
        return sorted(map(sorted, parts.values()))

    return customers


@pytest.fixture
def capture(store, shop, found):
    """A function that keeps events as the collector does."""

    def capture(*told):
        validation = found(*told)
        now = instant("06:30")
        rows, none = event_rows(validation.events, shop, now), rows_of_rejected([], shop, now)
        return store.add(Delivery(rows, none), frozenset(), frozenset())

    return capture


def links_of(store, shop):
    known = store.events(shop).links
    return sorted(known[["one", "other"]].itertuples(index=False, name=None))


def test_an_event_is_kept_under_its_customer(add, customers):
    add(received("06:30", "a"), received("06:31", "b"), received("06:32", "c", user=MARY))
    assert customers() == [["a", "b"], ["c"]]


def test_both_spellings_of_a_number_are_one_customer(add, customers):
    add(received("06:30", "a", user="+5215512340001"), received("06:31", "b", user="+525512340001"))
    assert customers() == [["a", "b"]]


@pytest.mark.parametrize("first", ["link", "events"])
def test_a_link_joins_what_came_before_and_what_comes_after(first, add, customers):
    told = [
        [received("06:30", "a", user=BSUID), received("06:31", "b", user=JOHN)],
        [received("06:32", "c", user=JOHN, waUserId=BSUID)],
    ]
    for part in told if first == "events" else reversed(told):
        add(*part)
    assert customers() == [["a", "b", "c"]]


def test_a_link_counts_over_http_and_of_an_event_that_is_known_already(add, capture, customers, store, shop):
    add(received("06:30", "a"), received("06:31", "b", user=BSUID))
    capture(received("06:30", "a", waUserId=BSUID))
    assert customers() == [["a", "b"]]
    assert links_of(store, shop) == [(JOHN, BSUID)]


def test_links_chain_through_ids_that_no_event_is_under(add, customers):
    add(received("06:30", "a", waUserId=OTHER), received("06:31", "b", user=MARY, previousUserId=BSUID))
    assert customers() == [["a"], ["b"]]
    add(received("06:32", "c", user=OTHER, waUserId=BSUID))
    assert customers() == [["a", "b", "c"]]


def test_undo_takes_away_the_links_that_nothing_else_brought(add, store, shop, customers):
    add(received("06:30", "a"), received("06:31", "b", user=BSUID))
    once = add(received("06:30", "a", waUserId=BSUID))
    twice = add(received("06:30", "a", waUserId=BSUID))
    store.undo_import(shop, once.id)
    assert customers() == [["a", "b"]]
    store.undo_import(shop, twice.id)
    assert customers() == [["a"], ["b"]]
    assert links_of(store, shop) == []


def test_links_of_test_events_go_with_them(add, store, shop, customers):
    add(received("06:30", "a"), received("06:31", "b", user=BSUID), received("06:32", "t", waUserId=BSUID, test=True))
    assert store.events(shop).links["test"].tolist() == [True]
    store.delete_test_events(shop)
    assert customers() == [["a"], ["b"]]


def test_links_of_other_projects_play_no_part(add, store, customers):
    add(received("06:30", "a"), received("06:31", "b", user=BSUID))
    add(received("06:30", "a", waUserId=BSUID), project=store.create_project("other").id)
    assert customers() == [["a"], ["b"]]


def test_what_came_since_a_position_has_its_links(add, store, shop):
    add(received("06:30", "a"), received("06:31", "b", user=BSUID))
    position = store.position(shop)
    add(received("06:30", "a", waUserId=BSUID))  # a duplicate: the link alone is new
    changes = store.events(shop, position)
    assert (changes.everything, len(changes.events)) == (False, 0)
    assert changes.links[["one", "other"]].to_numpy().tolist() == [[JOHN, BSUID]]
    assert len(store.events(shop, changes.position).links) == 0


def test_links_make_readers_read_everything_again_when_they_go(add, store, shop):
    add(received("06:30", "a"))
    done = add(received("06:30", "a", waUserId=BSUID))
    position = store.position(shop)
    store.undo_import(shop, done.id)
    assert store.events(shop, position).everything


def test_a_store_with_links_has_no_faults(add, store):
    add(received("06:30", "a", waUserId=BSUID), contact("06:31", user=MARY, phone=JOHN))
    assert survey(store).faults == []


SAID = '{"waUserId":"KE.1349AB","messageId":"a","chatId":"chat","direction":"inbound","contentType":"text"}'
OLD = [
    f"UPDATE events SET wa_user_id = NULL, properties = '{SAID}' WHERE message_id = 'a'",
    f"UPDATE events SET user_id = '+5215512340001', key = '{UUID(int=7)}' WHERE event = 'chat.resolved'",
]


def test_a_store_without_customers_is_filed_when_it_is_opened(add, store, shop, store_url, found):
    """What an event says of ids stood among its other properties, and an event of the other spelling was another."""
    done = add(received("06:30", "a"), received("06:31", "b", user=BSUID), resolved("06:32", user="+525512340001"))
    rejected = received("06:33", "r", user="0700000001@lid")
    add(json.dumps(rejected).encode())
    good = json.dumps(received("06:33", "r", user="00254700000001")).encode()
    with store.database.writing() as connection:
        for statement in OLD:
            connection.execute(text(statement))
        connection.execute(update(rejected_events).values(raw=good, key=UUID(key_of_rejected(identifier(good), shop))))
    with store.database.writing() as connection:
        take_back(connection, "_add_customers")
    store.close()
    with closing(open_store_at(store_url)) as opened:
        assert opened.count(shop) == 4
        frame = opened.events(shop).events
        assert frame.set_index("message_id")["wa_user_id"].dropna().to_dict() == {"a": "KE.1349AB"}
        assert links_of(opened, shop) == [(JOHN, BSUID)]
        again = find_judged_again(opened.settings, shop)
        assert again.rejected == RetryResult(1, 0, 0)
        (resolve,) = found(resolved("06:32", user="+5215512340001")).events["key_high"]
        assert resolve in frame["key_high"].tolist()
        assert survey(opened).faults == []
        opened.undo_import(shop, done.id)
        assert links_of(opened, shop) == []


IDS = (JOHN, MARY, BSUID, OTHER, "+5215512340001", "+525512340001")
TOLD = st.lists(
    st.tuples(st.sampled_from(IDS), st.sampled_from([None, None, *IDS]), st.booleans()), min_size=1, max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TOLD, min_size=1, max_size=4), st.data())
def test_linking_later_is_linking_first(tmp_path_factory, found, imports, data):
    """The numbers beside the events are those of all links that stand, in whatever order these came and went."""
    with closing(open_store_at(f"duckdb:///{tmp_path_factory.mktemp('links')}/events.duckdb")) as store:
        check_numbers(store, found, imports, data)


def check_numbers(store, found, imports, data):
    shop, count, standing = store.create_project("shop").id, 0, {}
    for told in imports:
        events_told = []
        for user, other, test in told:
            count += 1
            events_told.append(sent("06:30", f"m{count}", user=user, phone=other, test=test))
        done = store.add_import(shop, found(*events_told), file="events.ndjson", digest="")
        standing[done.id] = {(user, other) for user, other, _ in told if other and other != user}
    for gone in data.draw(st.sets(st.sampled_from(sorted(standing)), max_size=2)):
        store.undo_import(shop, gone)
        del standing[gone]
    pairs = sorted(set().union(*standing.values()))
    first = join_ids(pd.Index(IDS, dtype="str"), pd.DataFrame(pairs, columns=["one", "other"], dtype="str"))
    with store.database.reading() as connection:
        kept = connection.execute(select(events.c.user_id, events.c.customer)).all()
        linked = {known for (known,) in connection.execute(select(linked_ids.c.id))}
    numbers = defaultdict(set)
    for user, number in kept:
        numbers[first[IDS.index(user)]].add(number)
    assert all(len(number) == 1 for number in numbers.values())
    assert len({min(number) for number in numbers.values()}) == len(numbers)
    assert len(linked) <= 2 * len(pairs)
