"""Tables as real systems export them: the commands find in them what was counted by hand (`tests/cases/`)."""

import csv
import io
import json
from pathlib import Path

import pytest

CASES = Path(__file__).parents[1] / "cases"
TABLES = CASES / "tables"
TEXTS = ("Hello how can I help", "are you open", "until 18:00", "internal note", "Rate us", "Conversation was assigned")
UTC = ("--assume-timezone", "UTC")


def counts(out):
    """The numbers of `validate` and `import`, by their names."""
    lines = (line.split() for line in out.splitlines()[:5])
    return {line[0]: int(line[1].replace(",", "")) for line in lines if len(line) > 1 and line[1][0].isdigit()}


@pytest.fixture
def of(run):
    """A function that returns the metrics of a case, in the zone UTC."""
    return lambda name: json.loads(run("metrics", TABLES / name, *UTC, "--format", "json")[1])


@pytest.fixture
def exported(run, tmp_path, use_store):
    """A function that imports a file into a store of its own, and returns the events that this then exports."""

    def exported(file, *options):
        use_store(f"duckdb:///{tmp_path}/events.duckdb")
        assert run("import", file, *options)[0] == 0
        assert run("export", tmp_path / "all.ndjson")[0] == 0
        return [json.loads(line) for line in (tmp_path / "all.ndjson").read_text().splitlines()]

    return exported


@pytest.mark.parametrize("name", [path.name for path in sorted(TABLES.iterdir())])
def test_no_row_of_a_case_is_rejected_and_no_text_is_repeated(name, run):
    code, out, err = run("validate", TABLES / name, *UTC)
    assert code == 0
    assert counts(out)["rejected"] == 0
    assert not any(text in out + err for text in TEXTS)


def test_a_column_of_texts_holds_no_ids(of):
    found = of("message_text.csv")
    assert found["events"]["by_type"] == {"message.received": 5, "message.sent": 3}
    waits = found["metrics"]["response_time"]
    assert (waits["median_seconds"], waits["mean_seconds"], waits["answered"], waits["waiting"]) == (300, 520, 3, 2)


def test_texts_give_no_ids_and_no_customers(exported):
    events = exported(TABLES / "message_text.csv")
    assert len({event["userId"] for event in events}) == 3
    assert all(event["properties"]["messageId"].startswith("made-") for event in events)


def test_a_warehouse_table_with_two_columns_of_events_is_read(exported):
    events = exported(TABLES / "warehouse.csv")
    assert [event["event"] for event in events] == ["message.received"] * 2
    assert events[0]["timestamp"] == "2026-01-20T06:30:00.500000Z"


def test_countries_are_understood_by_their_names_and_calling_codes(exported):
    sent = [event for event in exported(TABLES / "country_names.csv") if event["event"] == "message.sent"]
    assert [event["properties"]["countryCode"] for event in sent] == ["KE", "IN"]


def test_country_names_leave_the_numbers_right(of):
    metrics = of("country_names.csv")["metrics"]
    assert metrics["message_funnel"]["ledger"] == {"sent": 2, "delivered": 2, "read": 1, "replied": 0}


def test_a_status_counts_where_its_time_is_empty(of):
    found = of("status_and_times.csv")
    assert found["metrics"]["message_funnel"]["ledger"] == {"sent": 7, "delivered": 5, "read": 4, "replied": 0}
    undelivered = found["metrics"]["delivery_rate"]["undelivered"]
    assert (undelivered["failed"], undelivered["pending"]) == (1, 1)


def test_a_failed_row_without_a_sent_time_is_a_message_of_when_it_was_created(of):
    found = of("failed_without_sent_time.csv")
    delivery = found["metrics"]["delivery_rate"]["ledger"]
    assert (delivery["numerator"], delivery["denominator"], delivery["value"]) == (1, 2, 0.5)
    assert found["metrics"]["delivery_rate"]["undelivered"]["failed"] == 1


def test_messages_of_one_minute_are_as_many_as_there_are_and_known_when_they_come_again(run, tmp_path, use_store):
    use_store(f"duckdb:///{tmp_path}/events.duckdb")
    first = counts(run("import", TABLES / "minute_precision.csv", *UTC)[1])
    again = counts(run("import", TABLES / "minute_precision.csv", *UTC)[1])
    assert (first["received"], first["stored"]) == (5, 5)
    assert (again["received"], again["stored"]) == (5, 0)


def test_messages_of_one_minute_are_counted_by_their_direction(of):
    assert of("minute_precision.csv")["events"]["by_type"] == {"message.received": 3, "message.sent": 2}


def test_a_column_of_who_sent_a_message_names_no_customers_and_no_bots(exported):
    events = exported(TABLES / "sent_by.csv")
    said = [(event["properties"].get("agentId"), event["properties"].get("serviceMode")) for event in events]
    assert said == [(None, None), ("Ana", None), (None, None), (None, "bot")]


def test_the_reply_of_an_agent_counts_and_that_of_a_bot_does_not(of):
    agents = of("sent_by.csv")["metrics"]["agent_performance"]
    assert (agents["Ana"]["replies"], agents["Ana"]["median_response_seconds"]) == (1, 60.0)
    assert {name: agent["replies"] for name, agent in agents.items() if agent["replies"]} == {"Ana": 1}


def test_a_date_and_a_time_in_two_columns_are_one_time(of, exported):
    waits = of("date_and_time.csv")["metrics"]["response_time"]
    assert (waits["median_seconds"], waits["answered"]) == (300.0, 1)
    assert exported(TABLES / "date_and_time.csv", *UTC)[0]["timestamp"] == "2026-01-20T06:30:00.000000Z"


def test_a_table_of_a_help_desk_is_read_without_its_notes_and_activities(of):
    found = of("message_table.csv")
    assert found["events"]["by_type"]["message.received"] == 1
    assert found["metrics"]["response_time"]["median_seconds"] == 299.876544
    assert found["metrics"]["message_funnel"]["ledger"] == {"sent": 2, "delivered": 2, "read": 1, "replied": 0}


def test_rows_that_are_left_out_are_counted(run, tmp_path, use_store):
    use_store(f"duckdb:///{tmp_path}/events.duckdb")
    for command in ("validate", "import"):
        out = run(command, TABLES / "message_table.csv", *UTC)[1]
        assert counts(out)["received"] == 6
        assert "left out               2  rows, as the mapping says" in out


def test_the_rows_of_a_bot_are_not_an_agents(exported):
    events = exported(TABLES / "message_table.csv", *UTC)
    agent, bot = (event["properties"] for event in events if event["event"] == "message.sent")
    assert (agent["agentId"], agent["serviceMode"]) == ("3", "agent")
    assert (bot.get("agentId"), bot["serviceMode"]) == (None, "bot")


TIMES = [line.split("\t") for line in (CASES / "times.tsv").read_text().splitlines() if not line.startswith("#")]


def table_of(*times):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["event", "userId", "timestamp", "messageId"])
    writer.writerows(["message.read", "+254700000001", time, f"m{number}"] for number, time in enumerate(times))
    return text.getvalue()


@pytest.mark.parametrize(("written", "means"), TIMES, ids=[written for written, _ in TIMES])
def test_a_time_as_others_write_it_means_what_it_says(written, means, run, tmp_path, exported):
    file = tmp_path / "times.csv"
    file.write_text(table_of(written))
    if means.startswith("rejected"):
        code, out, _ = run("validate", file, *UTC)
        assert code == 2
        assert (means.partition(": ")[2] or "timestamp_invalid") in out
        return
    time, *local = means.split()
    [event] = exported(file, *UTC)
    assert event["timestamp"].removesuffix("Z").ljust(26, "0").startswith(time.removesuffix("Z"))
    if local:
        code, out, _ = run("validate", file)
        assert "timestamp_no_offset" in out


def test_an_encoding_that_leaves_no_doubt_is_found_and_said(exported, run):
    file = TABLES / "cp1250.csv"
    assert exported(file)[0]["properties"]["name"] == "Łukasz"
    assert run("validate", file)[2] == f"{file.name}: read as Windows-1250 (Central European): “Łukasz”\n"


def test_a_doubtful_encoding_is_said_and_can_be_told(exported, run, tmp_path):
    file = tmp_path / "names.csv"
    rows = "contact.created,+4917012345678,2026-01-20T06:30:00Z,c1,Şişli\n"
    file.write_bytes(f"event,userId,timestamp,chatId,name\n{rows}".encode("cp1254"))
    err = run("validate", file)[2]
    assert "We are not sure." in err
    assert "cp1254: “Şişli”" in err
    assert exported(file, "--encoding", "windows-1254")[0]["properties"]["name"] == "Şişli"
    assert run("validate", file, "--encoding", "hex")[0] == 2


def test_what_a_known_export_is_taken_for_is_said(run):
    file = TABLES / "message_table.csv"
    assert "read as the table “messages” of Chatwoot" in run("validate", file, *UTC)[2]
    assert json.loads(run("mapping", file)[1])["leftOut"]["message_type"] == ["2", "activity"]


PHONES = {
    "iPhone": (CASES / "dumps" / "chat_export_iphone.txt").read_text(),
    "Android": (CASES / "dumps" / "chat_export_android.txt").read_text(),
    "German": "20.01.26, 06:30 - Anna: Hallo\n20.01.26, 06:31 - Laden: Guten Tag\n",
    "American": "1/20/26, 6:30\u202fAM - Anna: Hello\nand more\n1/20/26, 6:31\u202fAM - Shop: Hi, there; you\n",
    "with marks": "\ufeff\u200e[20/01/2026, 06:30:00] Anna: Hello\n\u200e[20/01/2026, 06:31:00] Shop: Hi\n",
    "year first": "2026-01-20, 6:30 a.m. - Anna: Hello\n2026-01-20, 6:31 a.m. - Shop: Hi, you\n",
}


@pytest.mark.parametrize("phone", PHONES)
def test_what_a_phone_exports_is_named_with_what_to_export_instead(phone, run, tmp_path):
    file = tmp_path / "_chat.txt"
    file.write_text(PHONES[phone])
    for command in ("validate", "import", "mapping", "metrics"):
        code, out, err = run(command, file)
        assert code == 2
        assert "“Export chat”" in err
        assert "Export the message log" in err
        assert not any(word in out + err for word in ("Anna", "Hello", "Hallo", "Shop", "omitted"))


def test_a_row_that_stands_twice_in_a_file_is_the_same_again_and_not_already_known(run, tmp_path, use_store):
    use_store(f"duckdb:///{tmp_path}/events.duckdb")
    file = tmp_path / "twice.csv"
    file.write_text(table_of("2026-01-20T06:30:00Z") + "message.read,+254700000001,2026-01-20T06:30:00Z,m0\n")
    assert "duplicates             1  (1 within these files, 0 already known)" in run("import", file)[1]
    assert "duplicates             2  (1 within these files, 1 already known)" in run("import", file)[1]


def test_what_remains_open_is_asked_once_a_column_with_two_of_its_own_values(run, tmp_path, use_store):
    file = tmp_path / "dates.csv"
    file.write_text(table_of("03/04/2026 10:00", "05/04/2026 11:00", "06/04/2026 12:00"))
    use_store(f"duckdb:///{tmp_path}/events.duckdb")
    for command in ("validate", "import"):
        out = run(command, file)[1]
        assert "  timestamp, as in 03/04/2026 10:00 and 05/04/2026 11:00: say what it means with --day-first" in out
    out = run("validate", file, "--day-first")[1]
    assert "2026-04-03T10:00:00.000000 and 2026-04-05T11:00:00.000000: say what it means with --assume-timezone" in out
    assert counts(run("validate", file, "--day-first", *UTC)[1])["good"] == 3
