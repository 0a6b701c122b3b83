"""Tables: whatever a CRM exports becomes events, and what cannot is told why, at its row."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from analytics.events.contract import Assumptions
from analytics.events.dump_error import DumpError
from analytics.events.export import to_csv, to_parquet
from analytics.events.files.contents import contents
from analytics.events.files.dump import read_dump
from analytics.events.tables.matching import Matching, read_matching
from analytics.events.tables.proposing import foreign_words, propose
from analytics.events.tables.to_events import guess_matching
from analytics.events.validate import validate
from analytics.simulation import simulate

ASSUMED = Assumptions(now=datetime(2026, 6, 1, tzinfo=UTC), zone=ZoneInfo("Africa/Nairobi"), country="KE")
HEADER = "event,userId,timestamp,messageId,chatId"
READ = "message.read,+254712345678,2026-01-20T06:30:00Z,m1,c1"


def read(text, match=guess_matching, assumed=ASSUMED):
    content = text if isinstance(text, bytes) else text.encode()
    return validate(read_dump(io.BytesIO(content), match=match), assumed)


def events(found):
    """Name, minute in Nairobi and message of each good event."""
    local = found.events["timestamp"].dt.tz_convert("Africa/Nairobi").dt.strftime("%d %b %H:%M")
    return list(zip(found.events["event"], local, found.events["message_id"], strict=True))


def rejected(found):
    return [(event.line, event.problem.code) for event in found.rejected]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_encoding_and_separator(encoding, separator):
    table = f"{HEADER},name\ncontact.created,+254712345678,2026-01-20T06:30:00Z,,c1,Zoë\n".replace(",", separator)
    found = read(table.encode(encoding))
    assert found.events["name"].tolist() == ["Zoë"]


def test_a_line_for_excel_before_the_header_is_no_row():
    found = read(f"sep=;\n{HEADER}\n{READ}\nx\n".replace(",", ";"))
    assert events(found) == [("message.read", "20 Jan 09:30", "m1")]
    assert rejected(found) == [(4, "row_width")]


def test_rows_have_the_numbers_that_a_spreadsheet_shows():
    found = read(
        f'{HEADER}\nmessage.read,+254712345678,2026-01-20T06:30:00Z,"m\n1",c1\n{READ},more\nmessage.read,,,,\n'
    )
    assert rejected(found) == [(3, "row_width"), (4, "missing")]
    assert found.received == 3


@pytest.mark.parametrize(
    "time",
    ["2026-01-20 09:30", "2026/01/20 09:30:00", "20/01/2026 09:30", "20.01.26 09:30", "20-01-2026 9:30 AM",
     "1768890600", "1768890600000", "2026-01-20T06:30:00+0000", "2026-01-20 06:30:00 UTC"],
)  # fmt: skip
def test_times_as_others_write_them(time):
    found = read(f"{HEADER}\n{READ.replace('2026-01-20T06:30:00Z', time)}\n")
    assert events(found) == [("message.read", "20 Jan 09:30", "m1")]


def test_a_day_that_may_be_a_month_is_not_guessed():
    table = f"{HEADER}\n{READ.replace('2026-01-20T06:30:00Z', '03/04/2026 10:00')}\n"
    assert rejected(read(table)) == [(2, "date_ambiguous")]
    told = [read(table, lambda found, first=first: guess_matching(found).model_copy(update={"day_first": first}))
            for first in (True, False)]  # fmt: skip
    assert [events(found)[0][1] for found in told] == ["03 Apr 10:00", "04 Mar 10:00"]


def test_what_a_spreadsheet_has_damaged_is_told():
    damaged = [READ.replace("+254712345678", "2.54713E+11"), READ.replace("m1", "1.23457E+15")]
    assert rejected(read("\n".join([HEADER, *damaged]))) == [(2, "phone_precision_lost"), (3, "id_precision_lost")]


@pytest.mark.parametrize(
    "phone", ["+254 712-345678", "254712345678", "00254712345678", "whatsapp:+254712345678", "0712345678",
              "'+254712345678", " (0712) 345 678 "],
)  # fmt: skip
def test_phones_as_others_write_them(phone):
    assert read(f"{HEADER}\n{READ.replace('+254712345678', phone)}\n").events["user_id"].tolist() == ["+254712345678"]


MESSAGES = {
    "English": "Message ID,Phone,Direction,Sent at,Delivered at,Read at\n"
    "A1,+254712345678,Out,13/04/2026 10:00,13/04/2026 10:01,13/04/2026 10:09\n"
    "A2,+254712345678,In,13/04/2026 10:20,,\n",
    "German": "Nachricht;Telefon;Richtung;Gesendet;Zugestellt;Gelesen\n"
    "A1;+254712345678;ausgehend;13.04.2026 10:00;13.04.2026 10:01;13.04.2026 10:09\n"
    "A2;+254712345678;eingehend;13.04.2026 10:20;;\n",
    "Spanish": "Mensaje\tTeléfono\tDirección\tEnviado\tEntregado\tLeído\n"
    "A1\t+254712345678\tsaliente\t2026-04-13 10:00\t2026-04-13 10:01\t2026-04-13 10:09\n"
    "A2\t+254712345678\tentrante\t2026-04-13 10:20\t\t\n",
}


@pytest.mark.parametrize("language", MESSAGES)
def test_a_message_a_row_becomes_several_events(language):
    assert events(read(MESSAGES[language])) == [
        ("message.sent", "13 Apr 10:00", "A1"),
        ("message.delivered", "13 Apr 10:01", "A1"),
        ("message.read", "13 Apr 10:09", "A1"),
        ("message.received", "13 Apr 10:20", "A2"),
    ]


def test_where_only_a_status_is_known_it_says_what_became_of_a_message():
    table = "id,phone,status,created\nA1,+254712345678,read,1776063600\nA2,+254712345678,failed,1776063600\n"
    assert [(name, message) for name, _, message in events(read(table))] == [
        ("message.sent", "A1"), ("message.delivered", "A1"), ("message.read", "A1"), ("message.sent", "A2"),
        ("message.failed", "A2"),
    ]  # fmt: skip


def test_words_nobody_knows_are_asked_for_and_can_be_told():
    table = "id,phone,direction,sent\nA1,+254712345678,hacia allá,2026-04-13 10:00\n"
    [content] = contents(io.BytesIO(table.encode()))
    matching = propose(content.sample.column_names, content.sample)
    assert foreign_words(matching, content.sample) == {"direction": {"hacia allá": None}}
    assert rejected(read(table)) == [(2, "value_unknown")]
    told = matching.model_copy(update={"values": {"direction": {"hacia allá": "outbound"}}})
    assert events(read(table, lambda _: told)) == [("message.sent", "13 Apr 10:00", "A1")]


def test_messages_without_ids_keep_the_same_one_in_the_next_export():
    table = "phone,direction,sent\n+254712345678,in,2026-04-13 10:00\n"
    assert events(read(table)) == events(read(table + "+254712345679,in,2026-04-13 10:05\n"))[:1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"event,userId\nmessage.read,x\n", "no column for timestamp; its columns are: event, userId"),
        (b"a,b\n1,2\n", "no column for event and userId and timestamp; its columns are: a, b"),
        (
            b"message.read,2026-03-01T08:00:00Z,+254712345678\n" * 2,
            "first row has values: write the names of the columns above them",
        ),
        (b"PAR1" + bytes(40) + b"PAR1", "The Parquet file is damaged or incomplete"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_what_was_found(content, message):
    with pytest.raises(DumpError, match=message):
        read(content)


def test_a_mapping_is_kept_as_json():
    matching = Matching(rows="messages", columns={"userId": "Phone", "sentAt": "Sent"}, day_first=True)
    assert read_matching(matching.model_dump_json(by_alias=True)) == matching
    with pytest.raises(DumpError, match="This is not a mapping: rows"):
        read_matching('{"rows": "things"}')


@pytest.mark.parametrize("written", [to_csv, to_parquet])
def test_what_was_exported_reads_as_the_same(written):
    before = validate(read_dump(io.BytesIO(b"".join(simulate(2_000, seed=3))))).events.drop(columns=["line", "index"])
    after = read(b"".join(written(before.assign(line=0, index=0)))).events.drop(columns=["line", "index"])
    for name in before:
        same = before[name].astype(object).where(before[name].notna(), None).tolist()
        assert after[name].astype(object).where(after[name].notna(), None).tolist() == same, name


def test_a_failed_row_says_when_and_why():
    table = (
        "id,phone,status,created,failed at,error code,error message\n"
        "A1,+254712345678,failed,2026-04-13 10:00,2026-04-13 10:01,131026,Message undeliverable\n"
        "A2,+254712345678,sent,2026-04-13 10:00,,,\n"
    )
    frame = read(table).events
    assert events(read(table)) == [
        ("message.sent", "13 Apr 10:00", "A1"),
        ("message.failed", "13 Apr 10:01", "A1"),
        ("message.sent", "13 Apr 10:00", "A2"),
    ]
    assert [str(code) for code in frame["error_code"]] == ["nan", "131026", "nan"]
    assert [str(title) for title in frame["error_title"]] == ["nan", "Message undeliverable", "nan"]


def test_a_table_that_is_not_utf_8_only_later_is_refused_until_somebody_says_what_it_is():
    rows = "".join(f"contact.created,+2547123{number:05},2026-01-20T06:30:00Z,c,Ana\n" for number in range(99_999))
    table = (
        f"event,userId,timestamp,chatId,name\n{rows}".encode()
        + b"contact.created,+254712999999,2026-01-20T06:30:00Z,c,Zo\xeb\n"
    )
    assert len(table) < 8 * 2**20
    large = table.replace(b"Ana\n", b"Ana Maria Wanjiku Otieno of Nairobi\n")
    assert len(large) > 8 * 2**20
    with pytest.raises(
        DumpError, match=r"begins as UTF-8, but after row 100,000 it is something else\. Choose its encoding"
    ):
        read(large)
    told = validate(read_dump(io.BytesIO(large), encoding="cp1252"), ASSUMED).events
    assert told["name"].iloc[-1] == "Zoë"
    kept = validate(read_dump(io.BytesIO(large), encoding="utf-8"), ASSUMED).events
    assert kept["name"].iloc[-1] == "Zo\N{REPLACEMENT CHARACTER}"


def test_a_letter_that_was_cut_through_makes_no_other_encoding_of_utf_8():
    rows = "".join(
        f"contact.created,+2547123456{number:02},2026-01-20T06:30:00Z,c,Zoë Müller\n" for number in range(50)
    )
    table = f"event,userId,timestamp,chatId,name\n{rows}".encode()
    names = read(table.replace("ë".encode(), b"\xc3", 1)).events["name"].tolist()
    assert names == ["Zo\N{REPLACEMENT CHARACTER} Müller", *["Zoë Müller"] * 49]


@pytest.mark.parametrize(
    "table",
    [
        "Hello how can I help you today?,yes please do that now thank you\nok,no\n",
        'Date;Phone;Message\n20/01/2026;+254700000001;"Hello how can" I help?;yes\n',
    ],
)
def test_no_refusal_repeats_what_people_wrote(table):
    with pytest.raises(DumpError) as refused:
        read(table)
    assert "Hello" not in str(refused.value)


def test_what_words_mean_may_be_that_they_mean_nothing():
    table = "id,phone,direction,sent,mode\nA1,+254712345678,out,2026-04-13 10:00,Contact\n"
    told = Matching(
        rows="messages",
        columns={
            "messageId": "id",
            "userId": "phone",
            "direction": "direction",
            "sentAt": "sent",
            "serviceMode": "mode",
        },
        values={"serviceMode": {"Contact": ""}},
    )
    assert read(table, lambda _: told).events["service_mode"].isna().all()


def test_a_mapping_of_an_earlier_version_is_still_read():
    old = '{"rows": "messages", "columns": {"userId": "Phone", "sentAt": "Sent"}, "values": {}, "dayFirst": null}'
    assert read_matching(old).is_day_first("Sent") is None
    assert read_matching(old.replace("null", "true")).is_day_first("Sent") is True


def test_a_day_that_stands_far_behind_the_first_rows_tells_what_comes_first():
    rows = [READ.replace("2026-01-20T06:30:00Z", "03/04/2026 10:00").replace("m1", f"m{n}") for n in range(2_000)]
    found = read("\n".join([HEADER, *rows, READ.replace("2026-01-20T06:30:00Z", "13/04/2026 10:00"), ""]))
    assert not found.rejected
    assert set(found.events["timestamp"].dt.month) == {4}


def test_a_column_of_directions_is_one_whatever_it_is_called_though_only_customers_wrote():
    table = "When,Who,Xyz,Type\n2026-01-20T06:30:00Z,+254712345678,incoming,text\n"
    assert events(read(table))[0][0] == "message.received"
