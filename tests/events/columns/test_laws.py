"""Laws that hold for any bytes: the columns and the judge agree, nothing is lost, and blocks do not matter."""

import gzip
import io
import json
import re
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.events.columns.instants import NO_TIME
from analytics.events.columns.parser import ColumnParser
from analytics.events.contract import Assumptions
from analytics.events.dump_error import DumpError
from analytics.events.files.dump import read_dump
from analytics.events.frame import COLUMNS, EVENT_NAMES
from analytics.events.judge import ValidEvent, judge
from analytics.events.raw_lines import RawLines
from analytics.events.timestamps import to_microseconds
from analytics.events.validate import validate

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STRICT = Assumptions(now=NOW)
LENIENT = Assumptions(now=NOW, zone=ZoneInfo("Europe/Berlin"), country="KE")

MANY = settings(max_examples=150, suppress_health_check=list(HealthCheck))
SOME = settings(max_examples=20, suppress_health_check=list(HealthCheck))

CODED = tuple(column.name for column in COLUMNS if column.kind.coded)

# Events as pairs of JSON texts, so that keys can be repeated and values be no JSON at all.
MESSAGE = [("messageId", '"wamid.1"'), ("chatId", '"chat_1"')]
CHAT = [("chatId", '"chat_1"')]
PROPERTIES = {
    "message.received": [*MESSAGE, ("direction", '"inbound"'), ("contentType", '"text"')],
    "message.sent": [*MESSAGE, ("direction", '"outbound"'), ("contentType", '"text"')],
    "message.delivered": MESSAGE[:1],
    "message.read": MESSAGE[:1],
    "message.failed": MESSAGE[:1],
    "contact.created": CHAT,
    "chat.assigned": [*CHAT, ("agentId", '"agent_1"')],
    "chat.resolved": CHAT,
    "agent.handoff": [*CHAT, ("fromMode", '"bot"'), ("toMode", '"agent"')],
}
OPTIONAL = [
    ("hasMedia", "true"),
    ("templateId", '"welcome"'),
    ("agentId", '"agent_1"'),
    ("deliveredAt", '"2026-01-20T06:31:30.123456789+03:00"'),
    ("readAt", '"2026-01-20T06:32:00Z"'),
    ("errorCode", "131026"),
    ("errorCode", '"131026"'),
    ("errorTitle", '"Message undeliverable"'),
    ("failedAt", '"2026-01-20T06:32:00Z"'),
    ("name", '"Zoë"'),
    ("source", '"organic"'),
    ("countryCode", '"ke"'),
    ("serviceMode", '"bot"'),
    ("resolutionType", '"resolved"'),
    ("messageCount", "12"),
    ("durationMinutes", "120"),
    ("durationMinutes", "1.5"),
    ("handoffReason", '"user_request"'),
    ("journeyStep", '"payment"'),
    ("chatId", '"chat_2"'),
    ("messageId", '"wamid.2"'),
    ("ticket", "7"),
    ("waUserId", '"KE.13491208655302741918"'),
    ("phone", '"254712345678@c.us"'),
    ("phone", '"+254 712-345 679"'),
    ("previousUserId", '"+5215512340001"'),
    ("phoneNumberId", '"106540352242922"'),
]
LIBRARY = ("library", '{"name":"crm","version":"1.0.0"}')


def deep(levels):
    return "[" * levels + "]" * levels


NUMBERS_AS_TEXT = [
    "0", "-0", "1", "-1", "1.5", "1e2", "1E400", "-1E400", "1e-400", "NaN", "-NaN", "Infinity", "-Infinity", "inf",
    "9" * 30, "-" + "9" * 30, "9" * 400, "1" * 5000, "9" * 250 + "e99", "2147483647", "2147483648", "1.0", "-0.0",
    "18446744073709551615", "0.1000000000000000055511151231257827", "1e22", "01", "+1", ".5", "1.", "1e", "0x1",
]  # fmt: skip
TEXTS = [
    "", " ", "x", "\\u0041", "a\\/b", "\\ud800", "\\ud83d\\ude00", "\\udc00\\ud800", "\\u0000", 'a\\"b', "\\\\", "\\x",
    "é", "e\u0301", "\u0301x", "👨‍👩‍👧", "x\u200d", "\ufeff", "\u2028", "\t", "\x00", "\x1f", "\x7f", "NaN", "[inf",
    ",]",
    "x" * 66_000, "[" * 70, "inbound", "outbound", "bot", "agent", "Bot", "KE", "ke", "K\\u0045", "KEN", "K",
    "whatsapp",
    "what\\u0073app", "track", "message.sent", "message.read", "chat.resolved", "unheard.of", "true", "12", "1.5",
    "null",
]  # fmt: skip
TIMES = [
    "2026-01-20T06:30:00Z", "2026-01-20t06:30:00z", "2026-01-20 06:30:00Z", "2026-01-20T06:30:00", "2026-01-20",
    "2026-01-20T06:30:00.1Z", "2026-01-20T06:30:00.123456789Z", "2026-01-20T06:30:00.1234567891Z",
    "2026-01-20T06:30:00.999999999+05:45", "2026-01-20T06:30:00+0300", "2026-01-20T06:30Z", "2026-01-20T06:30:60Z",
    "2026-01-20T24:00:00Z", "2026-01-20T06:60:00Z", "2026-01-20T06:30:00+24:00", "2026-01-20T06:30:00+03:60",
    "2026-01-20T06:30:00-23:59", "2026-02-29T06:30:00Z", "2024-02-29T06:30:00Z", "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59Z",
    "2008-12-31T23:59:59Z", "2009-01-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00.000001Z",
    "2025-03-30T02:30:00", "2025-10-26T02:30:00", "2025-10-26T02:59:59.999999", " 2026-01-20T06:30:00Z",
    "2026-01-20T06:30:00Z\\n", "2026-01-20T06:30:00\u221203:00", "\uff12026-01-20T06:30:00Z", "1768890600",
    "+2026-01-20T06:30:00Z",
]  # fmt: skip
PHONES = [
    "+254712345678", "254712345678", "+254 712-345 678", "0712345678", "712345678", "2.54713E+11", "+0254712345678",
    "+2547", "+1234567890123456", "tel:+254712345678", "+٢٥٤٧١٢٣٤٥٦٧٨", "00254712345678", "+254712345678\\n",
    "15551234567", "whatsapp:+254712345678", "254712345678@c.us", "254712345678:12@s.whatsapp.net", "254712345678.0",
    "0712345678@c.us", "12036304@g.us", "12036304@lid", "@jane", "KE.1349A", "US.ENT.1181", "whatsapp:KE.1349A",
    "ke.1349", "KE.", "5215512340001", "525512340001", "553188880001",
]  # fmt: skip
VALUES = [
    "null", "true", "false", "[]", "{}", "[1,2]", '{"a":1,"a":2}', "[NaN]", '{"a":{"b":null}}', '{"a":-inf}', "[1,]",
    deep(20), deep(60), deep(61), deep(62), deep(63), deep(64), deep(70), deep(300), "undefined", "'x'", "/**/1", "",
    '{"channel":"whatsapp"}', '["whatsapp"]', '{"name":"crm","version":"1","version":"2"}', '{"name":"crm",}', "[[1,2]",
    *NUMBERS_AS_TEXT, *(f'"{text}"' for text in [*TEXTS, *TIMES, *PHONES]),
]  # fmt: skip
KEYS = [
    *dict.fromkeys(key for key, _ in OPTIONAL), "direction", "contentType", "fromMode", "toMode",
    "event", "event_name", "type", "event_type", "userId", "user_id", "timestamp", "originalTimestamp", "sentAt",
    "sent_at", "message_id", "batch", "channel", "test", "library", "context", "properties", "messageid", "MESSAGEID",
    "chatid", "chat_id", "agent_id", "Event", "EVENT", "USERID", "userid", "Channel", "Test", "Timestamp", "", " ",
    "a.b", "$", "$.event", "*", "[0]", "e", "é", "'", "';--", '\\"', "\\\\", "\\u0000", "\\ud800", "__class__",
    "model_config", "model_extra", "chat\\u0049d", "_rejected", "raw", "messageId\\u0000", "x" * 300, "NaN", "{", "]",
]  # fmt: skip


@st.composite
def clean_event(draw):
    name = draw(st.sampled_from(EVENT_NAMES))
    optional = draw(st.lists(st.sampled_from(OPTIONAL), max_size=4, unique_by=lambda pair: pair[0]))
    required = {key for key, _ in PROPERTIES[name]}
    properties = [*PROPERTIES[name], *(pair for pair in optional if pair[0] not in required)]
    context = [("channel", '"whatsapp"'), *draw(st.sampled_from([[], [LIBRARY], [("test", "true")]]))]
    envelope = [
        ("type", '"track"'),
        ("event", f'"{name}"'),
        ("userId", '"+254712345678"'),
        ("timestamp", '"2026-01-20T06:30:00.000Z"'),
    ]
    return {"": envelope, "context": context, "properties": properties}


@st.composite
def nasty_event(draw):
    """The JSON text of an event, mutated a few times in its keys and values and perhaps once as a text."""
    levels = draw(clean_event())
    for _ in range(draw(st.integers(0, 3))):
        mutate(draw, levels[draw(st.sampled_from(["", "context", "properties", "properties"]))])
    space = st.sampled_from(["", "", "", " ", "\t", "\n", "\r", "  ", "\x0b"])
    text = render(levels, draw(space), draw(space))
    return damage(draw, text) if draw(st.integers(0, 9)) == 0 else text


def mutate(draw, pairs):
    place = draw(st.integers(0, max(0, len(pairs) - 1)))
    way = draw(st.sampled_from(["value", "value", "add", "add", "twice", "drop", "key", "move"])) if pairs else "add"
    value = draw(st.sampled_from(VALUES))
    if way == "value":
        pairs[place] = (pairs[place][0], value)
    elif way == "add":
        pairs.insert(place, (draw(st.sampled_from(KEYS)), draw(st.sampled_from(["null", '"x"', value, value]))))
    elif way == "twice":
        pairs.append((pairs[place][0], draw(st.sampled_from([pairs[place][1], value]))))
    elif way == "drop":
        del pairs[place]
    elif way == "key":
        pairs[place] = (draw(st.sampled_from(KEYS)), pairs[place][1])
    else:
        pairs.append(pairs.pop(place))


def render(levels, before, after):
    def text_of(pairs):
        inner = f"{after},{before}".join(f'"{key}"{after}:{before}{value}' for key, value in pairs)
        return "{" + before + inner + after + "}"

    objects = [(level, text_of(levels[level])) for level in ("context", "properties")]
    return before + text_of([*levels[""], *objects]) + after


def damage(draw, text):
    place = draw(st.integers(0, len(text)))
    bit = draw(
        st.sampled_from([",", "}", "]", '"', "\\", "NaN", "\x00", "\t", "\u00a0", "/*x*/", " ", "null", ":", "0"])
    )
    return text[:place] + bit + text[place + draw(st.integers(0, 2)) :]


def as_lines(events):
    count = len(events)
    return RawLines.from_events(events, np.arange(1, count + 1), np.zeros(count, np.int32))


def by_columns(parser, columns, place):
    """What the columns say of one row."""
    values = {}
    for name in CODED:
        code = columns.arrays[name][place]
        values[name] = parser.vocabularies[name].values[code] if code >= 0 else None
    times = {name: columns.arrays[name][place] for name in ("timestamp", "reported_at")}
    return values | {
        **{name: None if time == NO_TIME else int(time) for name, time in times.items()},
        "message_id": columns.texts["message_id"][place].as_py(),
        "test": bool(columns.arrays["test"][place]),
        "key": (int(columns.arrays["key_high"][place]), int(columns.arrays["key_low"][place])),
        "kept": parsed(columns.texts["properties"][place].as_py()),
    }


def by_judge(event):
    """The same of what the judge found."""
    properties = {name: getattr(event.properties, name) for name in type(event.properties).model_fields}
    reported = next((properties[name] for name in ("delivered_at", "read_at", "failed_at") if name in properties), None)
    names = (*CODED, "message_id")
    assert not event.left_out  # only the judge leaves out
    return {name: properties.get(name) for name in names} | {
        "event": event.envelope.event,
        "user_id": event.envelope.user_id,
        "timestamp": to_microseconds(event.envelope.timestamp),
        "reported_at": None if reported is None else to_microseconds(reported),
        "test": event.envelope.context.test,
        "key": event.key,
        "kept": parsed(event.kept_json),
    }


def parsed(text):
    return None if text is None else json.loads(text)


@cache
def parser_for(assumptions):
    return ColumnParser(assumptions, few=0)


@pytest.mark.parametrize("assumptions", [STRICT, LENIENT], ids=["strict", "lenient"])
@MANY
@given(texts=st.lists(nasty_event(), min_size=1, max_size=12))
def test_what_the_columns_pass_the_judge_passes_with_the_same_values(assumptions, texts):
    lines = as_lines([text.encode() for text in texts])
    parser = parser_for(assumptions)
    columns = parser.parse(lines)
    for place in np.flatnonzero(columns.good):
        judged = judge(lines.raw(place), assumptions)
        assert isinstance(judged, ValidEvent), (texts[place], judged)
        assert by_columns(parser, columns, place) == by_judge(judged), texts[place]


def spelt(name, *properties, context=(), envelope=()):
    """One event as JSON without spaces, as SDKs write it."""
    levels = {
        "": [
            ("event", f'"{name}"'),
            ("userId", '"+254712345678"'),
            ("timestamp", '"2026-01-20T06:30:00.000Z"'),
            *envelope,
        ],
        "context": [("channel", '"whatsapp"'), *context],
        "properties": [*PROPERTIES[name], *properties],
    }
    return render(levels, "", "")


TYPICAL = {
    **{f"the least of {name}": spelt(name) for name in PROPERTIES},
    "the type": spelt("message.read", envelope=[("type", '"track"')]),
    "the library": spelt("message.read", context=[LIBRARY]),
    "a test": spelt("message.read", context=[("test", "true")]),
    "no test": spelt("message.read", context=[("test", "null")]),
    "null for what is optional": spelt("chat.resolved", ("agentId", "null"), ("messageCount", "null")),
    "an empty text for what is optional": spelt("message.sent", ("templateId", '""'), ("agentId", '""')),
    "all of a resolved chat": spelt(
        "chat.resolved",
        ("resolutionType", '"resolved"'),
        ("messageCount", "12"),
        ("durationMinutes", "120.5"),
    ),
    "a reported time": spelt("message.read", ("readAt", '"2026-01-20T06:32:00.000Z"')),
    "a null reported time": spelt("message.read", ("readAt", "null")),
    "a mode and a country": spelt("message.read", ("serviceMode", '"bot"'), ("countryCode", '"ke"')),
    "unknown properties": spelt(
        "message.received", ("text", '"Hi, [you]"'), ("ticket", "7"), ("tags", '["a",{"b":null}]')
    ),
    "a property of another event": spelt("message.read", ("chatId", '"c"'), ("direction", '"outbound"')),
    "a message id on an event of a chat": spelt("chat.resolved", ("messageId", '"wamid.1"')),
    "ids of an SDK": spelt(
        "message.read",
        envelope=[("messageId", '"1"'), ("anonymousId", "null"), ("sentAt", '"2026-01-20T06:30:00Z"')],
    ),
    "more context": spelt("message.read", context=[("ip", '"10.0.0.1"'), ("page", '{"url":"https://example.org"}')]),
    "names beyond ASCII": spelt("contact.created", ("name", '"Zoë 👩‍👩‍👧"'), ("source", '"\\u00e9"')),
    "spaces": spelt("message.read").replace(",", ", ").replace(":{", ": {"),
    "the other dialect": spelt("message.delivered")
    .replace("userId", "user_id")
    .replace('"event"', '"event_name"')
    .replace("messageId", "message_id")
    .replace("timestamp", "originalTimestamp"),
    "digits only": spelt("message.read").replace("+254", "254"),
    "another offset": spelt("message.read").replace("000Z", "123456789+03:00"),
    "a Windows line": spelt("message.read") + "\r",
}


@pytest.mark.parametrize("shape", TYPICAL)
def test_a_typical_event_never_takes_the_slow_path(shape):
    assert parser_for(STRICT).parse(as_lines([TYPICAL[shape].encode()])).good.all()


@SOME
@given(clean_event())
def test_a_valid_event_never_takes_the_slow_path(levels):
    assert parser_for(STRICT).parse(as_lines([render(levels, "", "").encode()])).good.all()


@pytest.mark.parametrize("assumed", ["2026-01-20T06:30:00", "2026-01-20 06:30:00.5"])
def test_a_time_in_an_assumed_zone_does_not_take_the_slow_path(assumed):
    text = spelt("message.read").replace("2026-01-20T06:30:00.000Z", assumed)
    assert parser_for(LENIENT).parse(as_lines([text.encode()])).good.all()


LINES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [b"", b" ", b"{}", b"[]", b"[[]]", b"null", b'{"batch":[]}', b'{"batch":[{},{}]}', b'[{"batch":[1]}]']
    ),
    nasty_event().map(str.encode),
    st.lists(nasty_event(), max_size=3).map(lambda events: f"[{','.join(events)}]".encode()),
    st.lists(nasty_event(), max_size=3).map(lambda events: f'{{"batch":[{",".join(events)}]}}'.encode()),
).map(lambda line: line.replace(b"\n", b" "))


@SOME
@given(st.lists(LINES, max_size=8))
def test_nothing_is_lost_whatever_the_lines_hold(lines):
    found = validate([RawLines.from_text(b"\n".join(lines))], STRICT)
    assert found.received == len(found.events) + found.duplicates + len(found.rejected)
    held = [len(events_of(line)) for line in lines if line.strip()]
    assert found.received == sum(held)
    for reject in found.rejected:
        assert reject.raw.strip() in lines[reject.line - 1]
        assert reject.index < held_by(lines, reject.line)


OF_LIBRARIES = re.compile("(?i)input|string|should|dictionary|EOF|column [0-9]|byte|expected|trailing|ident")


@MANY
@given(LINES)
def test_no_reason_speaks_the_language_of_a_library(line):
    judged = judge(line, STRICT)
    assert isinstance(judged, ValidEvent) or not OF_LIBRARIES.search(judged.message), judged


def events_of(line):
    """The events of a line, as Python's own reader finds them; a line that is none counts as one."""
    try:
        found = json.loads(line.decode(), parse_constant=refuse, parse_int=str)
        json.dumps(found, ensure_ascii=False).encode()  # fails for half a surrogate pair
    except (ValueError, RecursionError):
        return [line]
    if isinstance(found, list):
        return [event for item in found for event in batch_of(item)]
    return batch_of(found)


def batch_of(item):
    named = isinstance(item, dict) and (item.get("event") is not None or item.get("event_name") is not None)
    is_batch = isinstance(item, dict) and isinstance(item.get("batch"), list) and not named
    return item["batch"] if is_batch else [item]


def held_by(lines, line):
    return len(events_of(lines[line - 1]))


def refuse(constant):
    raise ValueError(constant)


FILES = st.one_of(
    st.binary(max_size=200),
    st.lists(LINES, max_size=5).map(b"\n".join),
    st.lists(st.sampled_from([b"{", b"}", b"[", b"]", b",", b":", b'"a"', b'"batch"', b"1", b"\n", b" ", b"\xff"])).map(
        b"".join
    ),
)
PACKINGS = [
    bytes,
    gzip.compress,
    lambda text: gzip.compress(text)[:-3],
    lambda text: gzip.compress(gzip.compress(text)),
    lambda text: gzip.compress(text) + b"\0junk",
    lambda text: b"\xef\xbb\xbf" + text,
    lambda text: text.decode(errors="replace").encode("utf-16"),
    lambda text: text.decode(errors="replace").encode("utf-16-le"),
]
PACKED = st.tuples(FILES, st.sampled_from(PACKINGS))


@SOME
@given(PACKED)
def test_any_bytes_are_validated_or_refused_in_one_sentence(packed):
    content, pack = packed
    found, refusal = None, ""
    try:
        found = validate(read_dump(io.BytesIO(pack(content))), STRICT)
    except DumpError as error:
        refusal = str(error)
    assert "\n" not in refusal
    assert refusal or found.received == len(found.events) + found.duplicates + len(found.rejected)


@SOME
@given(st.lists(LINES, min_size=1, max_size=8), st.data())
def test_where_blocks_are_cut_changes_nothing(lines, data):
    cut = data.draw(st.integers(0, len(lines)))
    ends = [line + b"\n" for line in lines]
    first, second = b"".join(ends[:cut]), b"".join(ends[cut:])
    whole = validate([RawLines.from_text(first + second)], STRICT)
    parts = validate([RawLines.from_text(first), RawLines.from_text(second, cut + 1)], STRICT)
    pd.testing.assert_frame_equal(parts.events, whole.events)
    assert parts.rejected == whole.rejected
    assert parts.repeats == whole.repeats
