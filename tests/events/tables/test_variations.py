"""Each kind of table in thirty variations: whatever the headings, words, times and separators, the same is found."""

import io
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from analytics.events.contract import Assumptions
from analytics.events.files.dump import read_dump
from analytics.events.tables.proposing import propose
from analytics.events.tables.reading import read_table
from analytics.events.validate import validate
from tests.events.tables.variations import BOTS, Message, Writer, conversation

ASSUMED = Assumptions(now=datetime(2027, 1, 1, tzinfo=UTC), zone=UTC)
SEEDS = pytest.mark.parametrize("chance", range(30), indirect=True)
START = datetime(2026, 1, 20, 6, 30, tzinfo=UTC)


@pytest.fixture
def chance(request):
    return random.Random(f"{request.node.originalname} {request.param}")  # noqa: S311  # the same tables each time


def read(table, encoding=None):
    found = validate(read_dump(io.BytesIO(table), encoding=encoding), ASSUMED)
    assert not found.rejected, found.rejected[0].problem
    return found


def rows(found, *columns):
    """The events as tuples, in their order; missing values are None."""
    events = found.events.astype(dict.fromkeys(columns, object))
    events = events.where(events.notna(), None)
    return list(events[list(columns)].itertuples(index=False, name=None))


def told(messages):
    return [(f"message.{'received' if m.inbound else 'sent'}", m.time, m.phone) for m in messages]


@SEEDS
def test_texts_are_no_ids(chance):
    messages = conversation(chance)
    table = Writer(chance).table(messages, ["time", "phone", "direction", "text", "agent"])
    found = read(table)
    assert rows(found, "event", "timestamp", "user_id") == told(messages)
    assert all(name.startswith("made-") for name in found.events["message_id"])
    assert "messageId" not in matching_of(table).columns


def matching_of(table):
    found = read_table(table, io.BytesIO())
    return propose(found.columns, found.sample)


@SEEDS
def test_rows_that_are_equal_are_as_many_as_they_are_and_the_same_in_the_next_export(chance):
    messages = conversation(chance, 12)
    messages = sorted((m for m in messages for _ in range(chance.randrange(1, 5))), key=lambda m: m.time)
    writer = Writer(chance)
    columns = ["time", "phone", "direction", "text"]
    found = read(writer.table(messages, columns))
    assert len(found.events) == len(messages) == found.events["message_id"].nunique()
    later = read(writer.table([*messages, *conversation(chance, 3)], columns))
    assert set(found.events["message_id"]) <= set(later.events["message_id"])


@SEEDS
def test_a_status_counts_where_its_time_is_empty(chance):
    messages = [sent(chance, number) for number in range(40)]
    columns = ["time", "phone", "direction", "status", "delivered", "read", "id", "text"]
    found = read(Writer(chance).table(messages, columns))
    counts = Counter(found.events["event"])
    assert counts["message.sent"] == 40
    assert counts["message.delivered"] == sum(m.status in ("delivered", "read") for m in messages)
    assert counts["message.read"] == sum(m.status == "read" for m in messages)
    newest = {m.id: max(filter(None, (m.time, m.delivered, m.read))) for m in messages}
    for name, time, message in rows(found, "event", "timestamp", "message_id"):
        said = {m.id: getattr(m, name.removeprefix("message."), m.time) for m in messages}[message]
        assert time == (said or newest[message])


def sent(chance, number):
    time = START + timedelta(minutes=number, days=number % 3)
    status = chance.choice(["sent", "delivered", "read", "failed"])
    delivered = time + timedelta(seconds=5) if status in ("delivered", "read") and chance.random() < 0.5 else None
    seen = time + timedelta(seconds=50) if status == "read" and chance.random() < 0.5 else None
    return Message(
        time, f"+2547000000{number:02}", inbound=False, status=status, delivered=delivered, read=seen, id=f"w{number}"
    )


@SEEDS
def test_a_failed_row_without_a_sent_time_is_a_message_of_when_it_was_created(chance):
    messages = [sent(chance, number) for number in range(20)]
    writer = Writer(chance)
    writer.names["time"] = "Sent At"
    created = chance.choice(["Created At", "created_at", "Date created", "Erstellt am", "Creado el"])
    for m in messages:
        m.more[created] = writer.when(m.time - timedelta(seconds=3))
    expected = [m.time - timedelta(seconds=3) if m.status == "failed" else m.time for m in messages]
    for m in messages:
        m.time = None if m.status == "failed" else m.time
    found = read(writer.table(messages, ["time", created, "phone", "direction", "status", "id"]))
    assert [time for name, time in rows(found, "event", "timestamp") if name == "message.sent"] == expected


@SEEDS
def test_who_sent_a_message_names_agents_on_what_we_wrote_alone_and_bots_are_nobody(chance):
    messages = conversation(chance)
    for m in messages:
        m.agent = f"Customer {chance.randrange(9)}" if m.inbound else m.agent
        m.bot = not m.inbound and chance.random() < 0.4
        m.agent = chance.choice(BOTS) if m.bot else m.agent
    found = read(Writer(chance).table(messages, ["time", "phone", "direction", "text", "agent"]))
    expected = [(None if m.inbound or m.bot else m.agent, "bot" if m.bot else None) for m in messages]
    assert rows(found, "agent_id", "service_mode") == expected


@SEEDS
def test_a_date_and_a_time_in_two_columns_are_one_time(chance):
    messages = conversation(chance)
    writer = Writer(chance)
    day = chance.choice(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %b %Y", "%B %d, %Y"])
    clock = chance.choice(["%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M:%S %p"])
    names = chance.choice(
        [("Date", "Time"), ("Sent Date", "Sent Time"), ("Datum", "Uhrzeit"), ("Fecha", "Hora"), ("Data", "Hora")]
    )
    for m in messages:
        m.more = {names[0]: m.time.strftime(day), names[1]: m.time.strftime(clock)}
    found = read(writer.table(messages, [*names, "phone", "direction", "text"]))
    assert rows(found, "event", "timestamp", "user_id") == told(messages)


@SEEDS
def test_countries_are_understood_by_name_code_and_number(chance):
    messages = [
        Message(m.time, m.phone, inbound=False, country=chance.choice(["KE", "IN", "DE", ""]), status="sent")
        for m in conversation(chance)
    ]
    found = read(Writer(chance).table(messages, ["time", "phone", "direction", "country", "status"]))
    assert rows(found, "country_code") == [(m.country or None,) for m in messages]


@SEEDS
def test_rows_are_left_out_by_a_columns_value(chance):
    messages = conversation(chance)
    private = chance.choice(["private", "Is private", "Private note", "internal", "internal_note"])
    yes, no = chance.choice([("t", "f"), ("true", "false"), ("1", "0"), ("Yes", "No"), ("TRUE", "FALSE")])
    for m in messages:
        m.more[private] = yes if chance.random() < 0.3 else no
    found = read(Writer(chance).table(messages, ["time", "phone", "direction", "text", private]))
    kept = [m for m in messages if m.more[private] == no]
    assert rows(found, "event", "timestamp", "user_id") == told(kept)
    assert (found.left_out, found.received) == (len(messages) - len(kept), len(kept))


NAMES = {
    "cp1250": ["Łukasz Wójcik", "Żaneta Śliwa", "Jiří Dvořák", "Gábor Őry", "Ľubica Šťastná"],
    "cp1252": ["José Peña", "Zoë Müller", "François Lefèvre", "João Conceição", "Günther Groß"],
    "cp1251": ["Иван Петров", "Мария Иванова", "Сергей Кузнецов", "Ольга Смирнова"],
    "cp1253": ["Γιώργος Παπαδόπουλος", "Μαρία Νικολάου", "Ελένη Γεωργίου"],
    "cp1254": ["Ayşe Şimşek", "İbrahim Şahin", "Çağla Öztürk"],
    "cp932": ["山田太郎", "佐藤花子", "鈴木一郎"],
    "gb18030": ["王小明", "李华", "张伟"],
}


@SEEDS
def test_an_encoding_is_found_or_doubted_and_right_when_told(chance):
    encoding = chance.choice(list(NAMES))
    messages = conversation(chance, 60)
    for m in messages:
        m.agent = "" if m.inbound else chance.choice(NAMES[encoding])
    table = Writer(chance, encoding).table(messages, ["time", "phone", "direction", "agent"])
    guess = read_table(table, io.BytesIO()).guess
    expected = [(m.agent or None,) for m in messages]
    if rows(read(table), "agent_id") != expected:
        assert encoding in dict(guess.others), guess
    assert rows(read(table, encoding), "agent_id") == expected
