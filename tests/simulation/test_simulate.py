"""Simulated traffic is in the guide's format, comes out the same each time, and looks like the real thing."""

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from analytics.simulation import DEFAULT_START, simulate

EVENTS, DAYS = 20_000, 30

MESSAGE = {"messageId", "chatId", "direction", "contentType"}
REQUIRED = {
    "message.received": MESSAGE,
    "message.sent": MESSAGE,
    "message.delivered": {"messageId"},
    "message.read": {"messageId"},
    "message.failed": {"messageId"},
    "contact.created": {"chatId"},
    "chat.assigned": {"chatId", "agentId"},
    "chat.resolved": {"chatId"},
    "agent.handoff": {"chatId", "fromMode", "toMode"},
}
DIRECTIONS = {"message.received": "inbound", "message.sent": "outbound"}


def lines_of(events=EVENTS, **options):
    return b"".join(simulate(events, **options)).splitlines()


@pytest.fixture(scope="module")
def lines():
    return lines_of(seed=1, days=DAYS)


@pytest.fixture(scope="module")
def traffic(lines):
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def chats(traffic):
    """The events of each chat, in order of time."""
    found = defaultdict(list)
    for event in sorted(traffic, key=lambda event: event["timestamp"]):
        if "chatId" in event["properties"]:
            found[event["userId"], event["properties"]["chatId"]].append(event)
    return found


def of(traffic, name):
    return [event for event in traffic if event["event"] == name]


def by_message(traffic, name):
    return {event["properties"]["messageId"]: event for event in of(traffic, name)}


def instant(event):
    return datetime.fromisoformat(event["timestamp"])


def is_text(value):
    return isinstance(value, str) and value != ""


def is_valid(line):
    """Tell whether a line keeps the event contract, as far as simulated traffic can break it."""
    try:
        event = json.loads(line)
        at = datetime.fromisoformat(event["timestamp"])
        phone, context, properties = event["userId"], event["context"], event["properties"]
        required = REQUIRED[event["event"]]
    except (ValueError, KeyError):
        return False
    return (
        at.tzinfo is not None
        and datetime(2009, 1, 1, tzinfo=UTC) < at < datetime(2100, 1, 1, tzinfo=UTC)
        and is_text(phone)
        and phone[0] == "+"
        and phone[1] != "0"
        and phone[1:].isdigit()
        and 7 <= len(phone[1:]) <= 15
        and event["type"] == "track"
        and context["channel"] == "whatsapp"
        and isinstance(properties, dict)
        and all(is_text(properties.get(name)) for name in required)
        and properties.get("direction") == DIRECTIONS.get(event["event"])
        and {properties.get("fromMode", "bot"), properties.get("toMode", "bot")} <= {"bot", "agent"}
        and properties.get("serviceMode", "bot") in {"bot", "agent"}
        and type(properties.get("messageCount", 0)) is int
        and properties.get("messageCount", 0) >= 0
        and properties.get("durationMinutes", 0.0) >= 0
    )


@pytest.mark.parametrize("events", [0, 1, 7, 2_345])
@pytest.mark.parametrize("days", [1, 2, 20])
def test_there_are_exactly_as_many_lines_as_asked_for(events, days):
    assert len(lines_of(events, days=days, bad=0.1)) == events


def test_blocks_hold_whole_lines_and_are_not_large():
    blocks = list(simulate(EVENTS, days=1))
    assert all(block.endswith(b"\n") and len(block) < 1_000_000 for block in blocks)
    assert sum(block.count(b"\n") for block in blocks) == EVENTS


def test_the_same_arguments_give_the_same_bytes():
    assert lines_of(3_000, seed=1, bad=0.1) == lines_of(3_000, seed=1, bad=0.1)


def test_another_seed_gives_other_traffic(lines):
    assert not set(lines_of(3_000, seed=2)) & set(lines)


@pytest.mark.parametrize("wrong", [{"events": -1}, {"seed": -1}, {"days": 0}, {"bad": 1.1}, {"bad": -0.1}])
def test_impossible_wishes_are_refused_at_once(wrong):
    name, value = next(iter(wrong.items()))
    with pytest.raises(ValueError, match=f"{name}={value}"):
        simulate(**{"events": 10, **wrong})


def test_every_line_is_valid(lines):
    assert [line for line in lines if not is_valid(line)] == []


def test_times_have_milliseconds_and_a_z(traffic):
    stamps = [event["timestamp"] for event in traffic]
    assert all(len(stamp) == len("2026-01-20T06:30:00.000Z") and stamp[-5] == "." for stamp in stamps)
    assert all(stamp.endswith("Z") for stamp in stamps)


@pytest.mark.parametrize("share", [0.03, 1.0])
def test_the_share_of_bad_lines_is_kept(share):
    bad = [line for line in lines_of(10_000, days=7, bad=share) if not is_valid(line)]
    assert len(bad) / 10_000 == pytest.approx(share, rel=0.2)


def test_phones_are_valid_and_belong_to_the_stated_country(traffic):
    stated = {
        event["userId"]: event["properties"]["countryCode"] for event in traffic if "countryCode" in event["properties"]
    }
    parsed = {phone: phonenumbers.parse(phone) for phone in {event["userId"] for event in traffic}}
    assert all(phonenumbers.is_valid_number(number) for number in parsed.values())
    assert {phone: phonenumbers.region_code_for_number(parsed[phone]) for phone in stated} == stated
    assert {"KE", "NG", "ZA", "IN", "BR", "US", "CA", "GB", "DE"} <= set(stated.values())


def test_traffic_spans_all_days_and_nothing_comes_after(traffic):
    days = Counter(instant(event).date() for event in traffic)
    asked = [DEFAULT_START + timedelta(day) for day in range(DAYS)]
    assert all(days[day] > EVENTS / DAYS / 4 for day in asked)
    assert set(days) <= {*asked, asked[-1] + timedelta(1)}


@pytest.mark.parametrize("days", [10, 11], ids=["a usual day", "a campaign"])
def test_the_last_day_brings_as_many_new_contacts_as_the_days_before(days):
    lines = set(lines_of(60_000, seed=1, days=days))
    new = Counter(instant(event).date() for event in map(json.loads, lines) if event["event"] == "contact.created")
    usual = [new[DEFAULT_START + timedelta(day)] for day in (1, 2, 7, 8)]  # working days without a campaign
    last = new[DEFAULT_START + timedelta(days - 1)]
    assert 0.7 < last / (sum(usual) / 4) < 1.4


def test_a_start_day_can_be_chosen():
    first = json.loads(lines_of(1_000, start=date(2024, 2, 28), days=3)[0])
    assert first["timestamp"].startswith("2024-02-28")


def test_local_office_hours_are_busier_than_nights_and_weekdays_than_sundays(traffic):
    zones = {"+254": ZoneInfo("Africa/Nairobi"), "+91": ZoneInfo("Asia/Kolkata")}
    for prefix, zone in zones.items():
        local = [
            instant(event).astimezone(zone)
            for event in of(traffic, "message.received")
            if event["userId"].startswith(prefix)
        ]
        hours, weekdays = Counter(at.hour for at in local), Counter(at.weekday() for at in local)
        assert sum(hours[hour] for hour in range(10, 18)) > 5 * sum(hours[hour] for hour in range(6))
        assert sum(weekdays[day] for day in range(5)) / 5 > 1.3 * weekdays[6]


def test_the_mix_is_that_of_conversations(traffic):
    share = {name: count / EVENTS for name, count in Counter(event["event"] for event in traffic).items()}
    assert set(share) == set(REQUIRED)
    assert 0.22 < share["message.received"] < 0.3
    assert 0.22 < share["message.sent"] < 0.3
    assert 0.18 < share["message.delivered"] < 0.25
    assert 0.12 < share["message.read"] < 0.2
    assert 0.001 < share["message.failed"] < 0.01


def test_some_lines_come_twice_the_second_time_later(lines):
    repeated = sum(count - 1 for count in Counter(lines).values())
    assert repeated / EVENTS == pytest.approx(0.005, rel=0.5)


def test_lines_are_mostly_in_order_of_time(traffic):
    newest, displaced = "", 0
    for event in traffic:
        displaced += event["timestamp"] < newest
        newest = max(newest, event["timestamp"])
    assert 0.005 < displaced / EVENTS < 0.03


def test_messages_have_ids_of_their_own(lines):
    ids = Counter(
        (event["event"], event["properties"]["messageId"])
        for event in map(json.loads, set(lines))
        if "messageId" in event["properties"]
    )
    assert set(ids.values()) == {1}


def test_statuses_follow_their_message_and_some_are_missing(traffic):
    sent = by_message(traffic, "message.sent")
    delivered, read = by_message(traffic, "message.delivered"), by_message(traffic, "message.read")
    waits = [instant(delivered[key]) - instant(sent[key]) for key in delivered.keys() & sent.keys()]
    assert min(waits) > timedelta(0)
    assert max(waits) > timedelta(hours=20)
    assert all(instant(read[key]) > instant(delivered[key]) for key in read.keys() & delivered.keys())
    assert len(sent.keys() - delivered.keys()) > 0.05 * len(sent)
    assert len(read.keys() - delivered.keys()) > 0.02 * len(read)


def test_some_messages_fail_mostly_with_a_reason_and_nothing_reaches_their_customer(traffic):
    failed, sent = by_message(traffic, "message.failed"), by_message(traffic, "message.sent")
    reached = by_message(traffic, "message.delivered").keys() | by_message(traffic, "message.read").keys()
    assert failed.keys().isdisjoint(reached)
    assert all(instant(failed[key]) > instant(sent[key]) for key in failed.keys() & sent.keys())
    codes = Counter(event["properties"].get("errorCode") for event in failed.values())
    assert codes[None] < codes["131049"] < codes["131026"]


def test_some_users_never_show_that_they_read(traffic):
    delivered = Counter(event["userId"] for event in of(traffic, "message.delivered"))
    readers = {event["userId"] for event in of(traffic, "message.read")}
    assert sum(count >= 8 and user not in readers for user, count in delivered.items()) > 10


def test_customers_write_several_times_before_a_reply(chats):
    runs = [
        len(list(run))
        for events in chats.values()
        for name, run in groupby(
            event["event"] for event in events if event["event"] in {"message.received", "message.sent"}
        )
        if name == "message.received"
    ]
    assert sum(run > 1 for run in runs) > 0.15 * len(runs)


def test_customers_return_and_some_have_several_chats(traffic, chats):
    days = defaultdict(set)
    for event in of(traffic, "message.received"):
        days[event["userId"]].add(event["timestamp"][:10])
    assert sum(len(seen) > 1 for seen in days.values()) > 0.15 * len(days)
    assert max(Counter(user for user, _ in chats).values()) > 1


def test_no_chat_belongs_to_two_users(chats):
    assert max(Counter(chat for _, chat in chats).values()) == 1


def test_few_answer_a_campaign(chats):
    promoted = answered = 0
    for events in chats.values():
        for event, following in zip(events, [*events[1:], None], strict=True):
            if event["properties"].get("templateId", "").startswith("promo_"):
                promoted += 1
                answered += (
                    following is not None
                    and following["event"] == "message.received"
                    and (instant(following) - instant(event) < timedelta(hours=24))
                )
    assert promoted > 100
    assert answered < 0.25 * promoted


def test_bots_answer_in_seconds_and_agents_in_minutes(chats):
    waits = {True: [], False: []}
    for events in chats.values():
        for before, event in pairwise(events):
            if (before["event"], event["event"]) == ("message.received", "message.sent"):
                wait = (instant(event) - instant(before)).total_seconds()
                waits["agentId" in event["properties"]].append(wait)
    bot, agent = (sorted(waits[human])[len(waits[human]) // 2] for human in (False, True))
    assert bot < 10
    assert 60 < agent < 3_600


def test_conversations_are_handed_over_assigned_reassigned_and_resolved(traffic, chats):
    handoffs = of(traffic, "agent.handoff")
    assert {event["properties"]["toMode"] for event in handoffs} == {"agent", "bot"}
    assert len({event["properties"]["handoffReason"] for event in handoffs}) > 5
    assert len({event["properties"].get("journeyStep") for event in handoffs}) > 4
    assert len({event["properties"]["resolutionType"] for event in of(traffic, "chat.resolved")}) > 4
    assert any(len({e["properties"]["agentId"] for e in of(events, "chat.assigned")}) > 1 for events in chats.values())
    assert any(events[-1]["event"] == "message.received" for events in chats.values())
    assert any(events[-1]["event"] == "message.sent" for events in chats.values())


def test_load_is_skewed_over_some_forty_agents(traffic):
    sent = Counter(e["properties"]["agentId"] for e in of(traffic, "message.sent") if "agentId" in e["properties"])
    assert 35 <= len(sent) <= 40
    assert max(sent.values()) > 5 * min(sent.values())


def test_some_messages_do_not_state_their_mode(traffic):
    stated = ["serviceMode" in event["properties"] for event in of(traffic, "message.sent")]
    assert 0.5 < sum(stated) / len(stated) < 0.95


def test_contacts_have_names_in_many_scripts_and_mostly_a_country(traffic):
    contacts = [event["properties"] for event in of(traffic, "contact.created")]
    assert any(not contact["name"].isascii() for contact in contacts)
    assert {"organic", "ads", "referral", "website", "import"} == {contact["source"] for contact in contacts}
    assert 0.6 < sum("countryCode" in contact for contact in contacts) / len(contacts) < 1
