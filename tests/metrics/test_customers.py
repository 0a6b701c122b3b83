"""Customers in numbers: whoever is known by several ids is one, whenever that is learned."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.events.contract import Assumptions
from analytics.events.files.dump import read_dump
from analytics.events.validate import validate
from analytics.facts.facts import Rules, build_facts
from analytics.facts.known_as import known_as
from analytics.facts.region import find_regions
from analytics.facts.shard import Shard
from analytics.facts.waits import CUSTOMER
from analytics.metrics.case import find_by_key
from analytics.metrics.case_list import build_case_rows
from analytics.metrics.filters import Filter
from analytics.metrics.report import report
from analytics.metrics.search import Search, search
from analytics.metrics.selection import Selection
from analytics.metrics.tally import Page
from analytics.metrics.two_people import list_two_people
from analytics.simulation import simulate
from tests.events_of import (
    JOHN,
    MARY,
    MUCH_LATER,
    attributed,
    chats,
    contact,
    conversations,
    delivered,
    facts_of,
    frame_of,
    metrics_of,
    ndjson,
    read,
    received,
    resolved,
    sent,
    waits,
)
from tests.metrics import reference
from tests.metrics.traffic import traffic

CASES = Path(__file__).parents[1] / "cases" / "events"
BSUID, OTHER = "UG.1349AB", "UG.1350CD"


def test_the_spellings_of_the_case_are_three_customers():
    found = validate(read_dump(io.BytesIO((CASES / "number_variants.ndjson").read_bytes())))
    facts = build_facts(found.events, links=found.links)
    numbers = report(facts, Filter())["metrics"]
    assert len({*facts.chat_owner[facts.events.chat].tolist()}) == 3
    assert numbers["message_funnel"]["ledger"] == {"sent": 3, "delivered": 3, "read": 3, "replied": 3}
    assert numbers["response_time"]["waiting"] == 3


def test_the_ids_of_the_case_are_three_customers():
    found = validate(read_dump(io.BytesIO((CASES / "customer_ids.ndjson").read_bytes())))
    facts = build_facts(found.events, links=found.links)
    assert sorted({*facts.customer.tolist()}) == [0, 1, 2]
    numbers = report(facts, Filter())["metrics"]
    assert numbers["daily_new_contacts"]["first_time_writers"]["total"] == 3
    assert numbers["traffic_by_country"] == {"KE": 9, "US": 1}


def test_the_customer_of_other_systems_payloads_is_known_by_both_ids():
    found = validate(read_dump(io.BytesIO((CASES.parent / "dumps" / "cloud_api_webhooks.ndjson").read_bytes())))
    assert found.links[["one", "other"]].to_numpy().tolist() == [["+254700000001", "KE.1001"]]
    numbers = report(build_facts(found.events, links=found.links), Filter())["metrics"]
    assert (numbers["response_time"]["answered"], numbers["response_time"]["median_seconds"]) == (1, 60)


def test_a_reply_under_another_id_of_the_customer_is_their_reply():
    events = [sent("06:30", "m"), received("06:31", user=BSUID, chat="chat", phone=JOHN)]
    assert chats(*events) == [0, 0]
    assert metrics_of(*events)["message_funnel"]["ledger"]["replied"] == 1


def test_one_chat_id_under_two_linked_ids_is_one_chat():
    events = [received("06:30"), sent("06:31", user=BSUID), resolved("06:32", waUserId=BSUID)]
    assert conversations(*events) == [0, 0, 0]
    assert waits("customer", *events) == [("answered", 60, "bot", None)]


def test_links_chain_and_their_order_plays_no_part():
    events = [
        received("06:30"),
        received("06:31", user=MARY),
        contact("06:32", user=OTHER, previousUserId=MARY),
        contact("06:33", user=JOHN, waUserId=OTHER),
    ]
    assert chats(*events) == [0, 0, 0, 0]
    assert chats(*reversed(events)) == [0, 0, 0, 0]


def test_a_link_of_a_duplicate_and_of_another_name_counts():
    told = [received("06:30", "a"), received("06:31", "b", user=BSUID), received("06:30", "a", waUserId=BSUID)]
    found = validate(read_dump(io.BytesIO(ndjson(told))), Assumptions(now=MUCH_LATER))
    assert (len(found.events), found.duplicates) == (2, 1)
    assert build_facts(found.events, links=found.links).customer.tolist() == [0, 0]
    menu = {**received("06:30", "a", waUserId=BSUID), "event": "menu.opened"}
    assert chats(received("06:30", "a"), received("06:31", "b", user=BSUID), menu) == [0, 0]


def test_a_link_of_a_test_event_counts_only_when_these_are_asked_for():
    events = [received("06:30"), received("06:31", user=BSUID), contact("06:32", waUserId=BSUID, test=True)]
    assert chats(*events) == [0, 1]
    facts = facts_of(*events, include_test=True)
    assert {*facts.chat_owner[facts.events.chat].tolist()} == {0}


def test_any_contact_gives_the_country_of_all_ids_and_each_id_has_its_own_else():
    events = [received("06:30"), received("06:31", user=BSUID, phone=JOHN)]
    assert attributed("country", *events) == ["KE", "UG"]
    assert attributed("country", *events, contact("06:32", user=BSUID, country="TZ")) == ["TZ", "TZ", "TZ"]


def shard_of(*events, **rules):
    return Shard(facts_of(*events, **rules), frame_of(events))


def shown(*events):
    shard = shard_of(*events)
    return known_as(shard, shard.facts.chat_owner[shard.facts.events.chat[shard.facts.conversations.first]])


def keys(frame, facts):
    selection = Selection(facts, Filter(), frame=frame)
    return build_case_rows(selection, np.arange(len(facts.conversations)), CUSTOMER, b"secret")["key"].tolist()


def test_a_customer_is_shown_under_the_phone_of_their_newest_event_under_a_phone():
    events = [received("06:30"), received("06:31", user=MARY, phone=JOHN), received("06:32", user=BSUID, phone=JOHN)]
    assert shown(*events) == [MARY]
    assert shown(received("06:30", user=BSUID)) == [BSUID]
    assert shown(sent("06:30", "m", waUserId=BSUID), read("06:31", "m", user=MARY)) == [JOHN]
    assert shown(received("06:30", user=BSUID), received("06:31", user=OTHER, waUserId=BSUID)) == [OTHER]


def test_a_conversation_is_found_by_any_id_of_its_customer():
    events = [received("06:30"), received("06:31", user=BSUID, phone=JOHN), received("06:32", user="+525512340001")]
    shard = shard_of(*events)
    for text in (BSUID, "1349ab", "ug.13", f"whatsapp:{BSUID}", JOHN, "345678", "254712345678@c.us"):
        assert search(shard, Search(text)).tolist() == [True, False], text
    for text in ("+5215512340001", "5512340001"):
        assert search(shard, Search(text)).tolist() == [False, True], text


def test_a_case_keeps_its_address_when_its_customer_is_known_by_more_ids():
    before = [received("06:30", user=BSUID)]
    (key,) = keys(frame_of(before), facts_of(*before))
    after = [*before, received("06:31", user=JOHN, waUserId=BSUID)]
    assert find_by_key(shard_of(*after), key, b"secret") == 0
    assert [*keys(frame_of(after), facts_of(*after))] != [key]  # the first of their ids is another now


def test_a_status_under_the_other_id_is_its_messages():
    events = [sent("06:30", "m", user=BSUID), delivered("06:31", "m"), read("06:32", "m")]
    assert metrics_of(*events)["message_funnel"]["ledger"] == {"sent": 1, "delivered": 1, "read": 1, "replied": 0}


@settings(max_examples=25)
@given(traffic(), st.booleans())
def test_the_customers_are_those_of_the_reference(events, include_test):
    frame = frame_of(events)
    facts = build_facts(frame, Rules(include_test=include_test))
    known = reference.customers(events, include_test=include_test)
    users = frame["user_id"].cat.categories
    ours = dict(zip(users, users[facts.customer], strict=True))
    assert all((ours[one] == ours[two]) == (known[one] == known[two]) for one in users for two in users)


def test_a_dump_in_which_half_of_the_events_lack_the_phone_has_the_same_numbers():
    lines = dict.fromkeys(b"".join(simulate(3_000, seed=7)).splitlines())  # of an identity, the ids are the same
    told = [json.loads(line) for line in lines]
    phones = pd.Index(sorted({event["userId"] for event in told}), dtype="str")
    hidden_as = {phone: f"{region}.9{phone[1:]}" for phone, region in zip(phones, find_regions(phones), strict=True)}
    hidden = [hide_phone(event, number, hidden_as) for number, event in enumerate(told)]
    before, after = (validate(read_dump(io.BytesIO(ndjson(events)))) for events in (told, hidden))
    assert (len(before.events), len(after.events), len(after.rejected)) == (len(told), len(told), 0)
    first, second = (build_facts(found.events, links=found.links) for found in (before, after))
    assert report(second, Filter())["metrics"] == report(first, Filter())["metrics"]
    for conversation, key in [*enumerate(keys(after.events, second))][::50]:
        assert find_by_key(Shard(second, after.events), key, b"secret") == conversation
        assert not any(event["userId"].lstrip("+") in key for event in told)


def hide_phone(event, number, hidden_as):
    """The event under a WhatsApp user id if it is an odd one; the others say whose this is."""
    hidden = hidden_as[event["userId"]]
    if number % 2:
        return {**event, "userId": hidden}
    return {**event, "properties": {**event["properties"], "waUserId": hidden}}


def two_people(*events, **rules):
    selection = Selection(facts_of(*events, **rules), Filter(), frame=frame_of(events))
    found = list_two_people(selection, Page(0, 50)).frame
    return [*found[["user", "ids", "both_wrote"]].itertuples(index=False, name=None)]


def test_two_phones_that_both_write_within_a_day_may_be_two_people():
    first, link = received("06:30"), contact("06:30", user=MARY, phone=JOHN)
    assert two_people(first, link, received("2026-01-21 06:30", user=MARY)) == [(MARY, 2, True)]
    assert two_people(first, link, received("2026-01-21 06:30:01", user=MARY)) == []
    assert two_people(first, link, sent("06:31", user=MARY)) == []
    assert two_people(first, received("06:31", user=BSUID, phone=JOHN)) == []
    assert two_people(received("06:30", user="+5215512340001"), received("06:31", user="+525512340001")) == []


def test_more_than_five_ids_may_be_several_people():
    links = [contact(f"06:3{number}", phone=f"+25470000000{number}") for number in range(5)]
    assert two_people(*links) == [(JOHN, 6, False)]
    assert two_people(*links[1:]) == []
    assert two_people(*links[1:], contact("06:40", user=OTHER, phone=JOHN, test=True)) == []
    assert two_people(*links[1:], contact("06:40", user=OTHER, phone=JOHN, test=True), include_test=True) == [
        (JOHN, 6, False)
    ]
