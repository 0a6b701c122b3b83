"""Commands on files: what each prints, writes and refuses."""

import csv
import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from analytics.cli.main import commands
from analytics.metrics.report import METRICS

SAMPLE = Path(__file__).parents[1] / "data" / "sample-events.ndjson"

EVENT = {
    "event": "message.read",
    "userId": "+254712345678",
    "timestamp": "2026-01-20T06:32:00Z",
    "context": {"channel": "whatsapp"},
    "properties": {"messageId": "m1"},
}


def test_the_program_is_installed_and_fails_with_one_line():
    program = Path(sys.executable).with_name("analytics")
    failed = subprocess.run([program, "validate", "/nowhere/none.ndjson"], capture_output=True, text=True, check=False)
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr == "Error: /nowhere/none.ndjson: The file cannot be read: No such file or directory.\n"


@pytest.mark.parametrize("command", commands.commands)
def test_the_help_of_a_command_has_an_example(command, run):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"Example: analytics {command} " in " ".join(out.split())


def test_without_a_command_the_help_is_shown(run):
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err.startswith("Usage: ")
    assert all(command in err for command in ("validate", "metrics", "simulate"))


# validate


def test_validate_counts_what_is_good_and_what_is_not(run, dump):
    code, out, err = run(
        "validate",
        dump(EVENT, EVENT, {**EVENT, "timestamp": "now"}, {**EVENT, "userId": "0712345678"}, b"cut"),
    )
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[:4] == [["received", "5"], ["good", "1"], ["duplicates", "1"], ["rejected", "3"]]
    assert sorted(line[:3] for line in lines[4:]) == [
        ["1", "invalid_json", "Not"],
        ["1", "phone_no_country_code", "userId:"],
        ["1", "timestamp_invalid", "timestamp:"],
    ]


def test_validate_takes_several_files_as_one(run, dump):
    code, out, _ = run("validate", dump(EVENT), dump(EVENT, name="again.ndjson"), SAMPLE)
    assert code == 0
    assert [line.split()[1] for line in out.splitlines()] == ["9", "8", "1", "0"]


def test_validate_says_how_many_duplicates_differ(run, dump):
    _, out, _ = run("validate", dump(EVENT, {**EVENT, "userId": "+14155552671"}))
    assert "1  (1 differ from the first with the same identity)" in out


def test_validate_writes_the_rejects_and_mended_they_are_good(run, dump, tmp_path):
    rejects = tmp_path / "rejects.ndjson"
    code, _, _ = run("validate", dump(EVENT, {**EVENT, "timestamp": "20 January"}), "--rejects", rejects)
    assert code == 0
    (line,) = rejects.read_text().splitlines()
    reason = json.loads(line)["_rejected"]
    assert (reason["line"], reason["field"], reason["code"]) == (2, "timestamp", "timestamp_invalid")
    rejects.write_text(line.replace("20 January", "2026-01-20T06:32:00Z"))
    _, out, _ = run("validate", rejects)
    assert [text.split()[1] for text in out.splitlines()] == ["1", "1", "0", "0"]


def test_validate_writes_packed_rejects_where_the_name_says_so(run, dump, tmp_path):
    run("validate", dump(b"bad", EVENT), "--rejects", tmp_path / "rejects.ndjson.gz")
    assert json.loads(gzip.decompress((tmp_path / "rejects.ndjson.gz").read_bytes()))["raw"] == "bad"


def test_validate_fails_where_all_is_rejected_yet_says_why_and_writes_the_rejects(run, dump, tmp_path):
    rejects = tmp_path / "rejects.ndjson"
    code, out, err = run("validate", dump({**EVENT, "timestamp": 1768890600}), "--rejects", rejects)
    assert (code, err) == (2, "Error: None of these events can be used.\n")
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["received", "1"],
        ["good", "0"],
        ["duplicates", "0"],
        ["rejected", "1"],
        ["1", "timestamp_invalid"],
    ]
    assert json.loads(rejects.read_text())["_rejected"]["message"].startswith("This is a Unix time in seconds")


def test_a_file_of_duplicates_alone_can_be_used(run, dump):
    code, out, _ = run("validate", dump(EVENT), dump(EVENT, EVENT, name="again.ndjson"))
    assert (code, out.split()[:6]) == (0, ["received", "3", "good", "1", "duplicates", "2"])


def test_reasons_are_counted_wherever_on_their_line_the_fault_is(run, dump):
    _, out, _ = run("validate", dump(EVENT, b'{"a": 1,}', b'{"long": 1,}'))
    assert out.splitlines()[-1].strip() == "2  invalid_json  Not valid JSON: a comma with nothing after it"


def test_validate_may_be_told_a_zone_and_a_country(run, dump):
    file = dump({**EVENT, "timestamp": "2026-01-20T06:32:00", "userId": "0712345678"})
    code, out, _ = run("validate", file, "--assume-timezone", "Africa/Nairobi", "--assume-country", "ke")
    assert code == 0
    assert out.splitlines()[1].split() == ["good", "1"]


def test_events_outside_the_eight_are_a_warning(run, dump):
    file = dump({**EVENT, "event": "poll.sent"})
    for command in ("validate", "metrics"):
        code, _, err = run(command, file)
        assert code == 0
        assert err == (
            "warning: 1 events 'poll.sent' are not one of the nine. They are kept, but are part of no metric\n"
        )


# metrics


def no_waits():
    return {"60": None, "300": None, "900": None, "3600": None}


def hours(**counts):
    return [counts.get(f"at_{hour}", 0) for hour in range(24)]


WORKED_EXAMPLE = {
    "filters": {
        "from": "2026-01-20",
        "to": "2026-01-20",
        "timezone": "UTC",
        "agent": [],
        "country": [],
        "mode": [],
    },
    "events": {
        "total": 7,
        "by_type": {
            "contact.created": 1,
            "message.received": 1,
            "agent.handoff": 1,
            "message.sent": 1,
            "message.delivered": 1,
            "message.read": 1,
            "chat.resolved": 1,
        },
    },
    "metrics": {
        "response_time": {
            "median_seconds": 60.0,
            "mean_seconds": 60.0,
            "p90_seconds": 60.0,
            "answered": 1,
            "waiting": 0,
            "never_answered": 0,
            "closed_without_reply": 0,
            "within_seconds": {"60": 1.0, "300": 1.0, "900": 1.0, "3600": 1.0},
            "human": {
                "median_seconds": 60.0,
                "mean_seconds": 60.0,
                "p90_seconds": 60.0,
                "answered": 1,
                "waiting": 0,
                "never_answered": 0,
                "closed_without_reply": 1,
                "within_seconds": {"60": 1.0, "300": 1.0, "900": 1.0, "3600": 1.0},
            },
            "every_message": {
                "median_seconds": 60.0,
                "mean_seconds": 60.0,
                "p90_seconds": 60.0,
                "answered": 1,
            },
        },
        "daily_new_contacts": {
            "guide": {"total": 1, "by_day": {"2026-01-20": 1}},
            "unique": {"total": 1, "by_day": {"2026-01-20": 1}},
            "first_time_writers": {"total": 1, "by_day": {"2026-01-20": 1}},
        },
        "read_rate": {
            "guide": {"numerator": 1, "denominator": 1, "value": 1.0},
            "ledger": {"numerator": 1, "denominator": 1, "value": 1.0},
        },
        "delivery_rate": {
            "guide": {"numerator": 1, "denominator": 1, "value": 1.0},
            "ledger": {"numerator": 1, "denominator": 1, "value": 1.0},
            "undelivered": {"failed": 0, "pending": 0, "by_code": {}},
        },
        "reply_rate": {
            "guide": {"numerator": 1, "denominator": 1, "value": 1.0},
            "ledger": {"numerator": 0, "denominator": 1, "value": 0.0},
        },
        "message_funnel": {
            "guide": {"sent": 1, "delivered": 1, "read": 1, "replied": 1},
            "ledger": {"sent": 1, "delivered": 1, "read": 1, "replied": 0},
        },
        "traffic_by_country": {"KE": 1},
        "peak_hours": {
            "by_hour": hours(at_6=1),
            "by_weekday_hour": [hours(), hours(at_6=1), hours(), hours(), hours(), hours(), hours()],
        },
        "agent_performance": {
            "(none)": {
                "events": {"contact.created": 1, "message.received": 1},
                "conversations": 1,
                "messages_sent": 0,
                "replies": 0,
                "median_response_seconds": None,
                "p90_response_seconds": None,
                "resolved": 0,
                "handoffs": 0,
                "read_rate": None,
            },
            "agent_456": {
                "events": {
                    "message.sent": 1,
                    "message.delivered": 1,
                    "message.read": 1,
                    "agent.handoff": 1,
                    "chat.resolved": 1,
                },
                "conversations": 1,
                "messages_sent": 1,
                "replies": 1,
                "median_response_seconds": 60.0,
                "p90_response_seconds": 60.0,
                "resolved": 1,
                "handoffs": 1,
                "read_rate": 1.0,
            },
        },
        "service_modes": {
            "bot": {"contact.created": 1, "message.received": 1},
            "agent": {
                "message.sent": 1,
                "message.delivered": 1,
                "message.read": 1,
                "agent.handoff": 1,
                "chat.resolved": 1,
            },
            "outcomes": {
                "needed_agent": 1,
                "solved_by_bot": 0,
                "closed_unanswered": 0,
                "gave_up": 0,
                "ended_quietly": 0,
                "ongoing": 0,
                "afterwords": 0,
                "finished_without_agent": 0.0,
            },
            "stayed_solved": {"stayed": 0, "came_back": 0, "undecided": 1, "already_back": 0, "value": None},
        },
        "time_to_first_message": {
            "guide": {"median_seconds": 0.0, "contacts": 1, "without_message": 0},
            "unique": {"median_seconds": 0.0, "contacts": 1, "without_message": 0},
        },
    },
}
DAY = ("--from", "2026-01-20", "--to", "2026-01-20")


def test_the_worked_example_as_json(numbers):
    assert numbers(SAMPLE, *DAY) == WORKED_EXAMPLE


def test_with_a_comparison_there_is_a_previous_object_of_the_same_shape(numbers, dump):
    earlier = {
        **EVENT,
        "event": "contact.created",
        "timestamp": "2025-01-20T06:00:00Z",
        "properties": {"chatId": "c"},
    }
    found = numbers(SAMPLE, dump(earlier), *DAY, "--compare", "previous")
    assert list(found) == ["filters", "events", "metrics", "previous"]
    assert found["metrics"].keys() == found["previous"].keys()
    assert found["previous"]["daily_new_contacts"]["guide"]["total"] == 0
    year = numbers(SAMPLE, dump(earlier), *DAY, "--compare", "year")
    assert year["previous"]["daily_new_contacts"]["guide"] == {"total": 1, "by_day": {"2025-01-20": 1}}
    assert numbers(SAMPLE, *DAY, "--compare", "week")["previous"] is None  # the data begin later
    endless = ("--from", "2026-01-20", "--to", "9999-12-31")
    assert numbers(SAMPLE, *endless, "--compare", "previous")["previous"] is None


def test_days_are_local_and_both_inclusive(numbers):
    assert numbers(SAMPLE, "--from", "2026-01-21")["events"]["total"] == 0
    assert numbers(SAMPLE, "--to", "2026-01-19")["events"]["total"] == 0
    assert numbers(SAMPLE, "--from", "2026-01-20")["events"]["total"] == 7
    west = numbers(SAMPLE, "--to", "2026-01-19", "--timezone", "America/Los_Angeles")
    assert west["events"]["total"] == 6  # all but the resolution, at 00:30
    east = numbers(SAMPLE, "--timezone", "Africa/Nairobi")
    assert east["filters"]["timezone"] == "Africa/Nairobi"
    assert east["metrics"]["peak_hours"]["by_hour"] == hours(at_9=1)


def test_filters_may_be_repeated(numbers):
    assert numbers(SAMPLE, "--agent", "(none)")["events"]["total"] == 2
    assert numbers(SAMPLE, "--agent", "agent_456")["events"]["total"] == 5
    both = numbers(SAMPLE, "--agent", "(none)", "--agent", "agent_456", "--country", "ke", "--country", "unknown")
    assert both["events"]["total"] == 7
    assert both["filters"]["country"] == ["KE", "Unknown"]
    assert numbers(SAMPLE, "--country", "UG")["events"]["total"] == 0
    assert numbers(SAMPLE, "--mode", "bot")["events"]["total"] == 2
    assert numbers(SAMPLE, "--mode", "bot", "--mode", "agent")["events"]["total"] == 7
    assert numbers(SAMPLE, "--weekday", "Tuesday", "--weekday", "friday")["events"]["total"] == 7
    assert numbers(SAMPLE, "--weekday", "monday")["events"]["total"] == 0
    assert numbers(SAMPLE, "--hour", "7", "--hour", "8")["events"]["total"] == 2
    assert numbers(SAMPLE, "--hour", "9", "--timezone", "Africa/Nairobi")["events"]["total"] == 5
    assert numbers(SAMPLE, "--template", "welcome")["events"]["total"] == 0


def test_as_of_is_the_now_of_what_is_still_waiting(numbers, dump):
    received = {"messageId": "m1", "chatId": "c1", "direction": "inbound", "contentType": "text"}
    file = dump({**EVENT, "event": "message.received", "properties": received})
    assert numbers(file)["metrics"]["response_time"]["within_seconds"] == no_waits()
    later = numbers(file, "--as-of", "2026-01-20T09:34:00+03:00")
    assert later["metrics"]["response_time"]["within_seconds"] == {**no_waits(), "60": 0.0}


def test_test_events_count_on_request(numbers, dump):
    file = dump({**EVENT, "context": {"channel": "whatsapp", "test": True}})
    assert numbers(file)["events"]["total"] == 0
    assert numbers(file, "--test")["events"]["total"] == 1


def test_metrics_may_be_told_a_zone_and_a_country(numbers, dump):
    file = dump({**EVENT, "timestamp": "2026-01-20T01:32:00", "userId": "0712345678"})
    found = numbers(file, "--assume-timezone", "Africa/Nairobi", "--assume-country", "KE", "--to", "2026-01-19")
    assert found["events"]["total"] == 1


def test_rejected_events_are_no_mistake_but_said(run, dump):
    code, out, err = run("metrics", dump(EVENT, b"bad"), "--format", "json")
    assert code == 0
    assert json.loads(out)["events"]["total"] == 1
    assert err == "warning: 1 of 2 events cannot be used. `analytics validate` says why\n"


def test_metrics_of_nothing_usable_are_a_mistake_with_its_reasons(run, dump):
    code, out, err = run("metrics", dump(b"{}", b"{", b"{"), "--format", "json")
    assert (code, out) == (2, "")
    assert [line.split()[:2] for line in err.splitlines()] == [
        ["received", "3"],
        ["good", "0"],
        ["duplicates", "0"],
        ["rejected", "3"],
        ["2", "invalid_json"],
        ["1", "missing"],
        ["Error:", "None"],
    ]


def test_the_table_has_a_line_for_each_metric(run):
    code, out, _ = run("metrics", SAMPLE)
    assert code == 0
    header, *lines = out.splitlines()
    assert header.split("  ")[0] == "Metric"
    assert [line.split("  ")[0] for line in lines] == [metric.label for metric in METRICS]
    reply_rate = next(line for line in lines if line.startswith("Reply rate"))
    assert "100 % (1 of 1)" in reply_rate
    assert "0 % (0 of 1)" in reply_rate
    assert reply_rate.endswith("message.received / message.sent")
    assert "Change" not in header
    _, compared, _ = run("metrics", SAMPLE, "--compare", "previous", *DAY)
    assert "Change" in compared.splitlines()[0]


def test_the_csv_has_plain_numbers_in_two_lines_a_metric(run):
    code, out, _ = run("metrics", SAMPLE, "--format", "csv", "--compare", "week", *DAY)
    assert code == 0
    rows = list(csv.DictReader(out.splitlines()))
    assert Counter(row["reading"] for row in rows) == dict.fromkeys(("raw event count", "per message"), len(METRICS))
    reply = [row for row in rows if row["metric"] == "Reply rate"]
    assert [(row["value"], row["numerator"], row["denominator"], row["unit"]) for row in reply] == [
        ("1.0", "1", "1", "share"),
        ("0.0", "0", "1", "share"),
    ]
    assert all(row["previous"] == "" for row in rows)


# simulate


def test_simulated_traffic_is_good_and_can_be_measured(numbers, run, tmp_path):
    files = [tmp_path / "one.ndjson", tmp_path / "two.ndjson", tmp_path / "other.ndjson"]
    for file, seed in zip(files, (5, 5, 6), strict=True):
        options = ("--events", 2000, "--seed", seed, "--start", "2026-01-05", "--days", 7, "-o", file)
        assert run("simulate", *options) == (0, "", "")
    one, two, other = (file.read_bytes() for file in files)
    assert one == two != other
    assert one.count(b"\n") == 2000
    _, out, _ = run("validate", files[0])
    received, good, duplicates, rejected = (int(line.split()[1].replace(",", "")) for line in out.splitlines()[:4])
    assert (received, rejected) == (2000, 0)
    assert good + duplicates == 2000
    assert numbers(files[0])["events"]["total"] == good


def test_simulated_traffic_may_be_bad_and_packed(run, tmp_path):
    file = tmp_path / "bad.ndjson.gz"
    code, _, _ = run("simulate", "--events", 1000, "--bad", 0.2, "-o", file)
    assert code == 0
    assert gzip.decompress(file.read_bytes()).count(b"\n") == 1000
    code, out, _ = run("validate", file)
    assert code == 0
    assert 100 < int(out.splitlines()[3].split()[1]) < 300


# mistakes

MISTAKES = [
    (["nonsense"], "nonsense"),
    (["validate"], "FILE"),
    (["validate", "none.ndjson"], "none.ndjson: The file cannot be read: No such file"),
    (["validate", "."], "is a directory"),
    (["validate", "picture.ndjson"], "picture.ndjson: This is a PNG image"),
    (["validate", "empty.ndjson"], "empty.ndjson: The file is empty."),
    (["validate", "none-in.json"], "none-in.json: The file holds no events."),
    (["validate", str(SAMPLE), "empty.ndjson"], "empty.ndjson: The file is empty."),
    (["validate", str(SAMPLE), "--rejects", "no/where.ndjson"], "no/where.ndjson: cannot be written"),
    (["validate", str(SAMPLE), "--assume-timezone", "Nairobi"], "'Nairobi' is not a time zone"),
    (["validate", str(SAMPLE), "--assume-country", "Kenya"], "'Kenya' is not a country"),
    (["validate", str(SAMPLE), "--assume-country", "XX"], "'XX' is not a country"),
    (["metrics", str(SAMPLE), "--project", "shop"], "--project is about the event store"),
    (["import"], "FILE"),
    (["import", "none.ndjson"], "none.ndjson: The file cannot be read"),
    (["export"], "OUT"),
    (["export", "out.xlsx"], "'out.xlsx' must end in one of .ndjson, .csv, .parquet"),
    (["export", "out.csv", "--from", "2026-02-02", "--to", "2026-02-01"], "is before --from"),
    (["keys", "create"], "NAME"),
    (["keys", "revoke"], "ID"),
    (["metrics", "none.ndjson"], "none.ndjson: The file cannot be read"),
    (["metrics", "picture.ndjson"], "PNG image"),
    (["metrics", str(SAMPLE), "--from", "20.1.2026"], "'--from': '20.1.2026' is not a day"),
    (["metrics", str(SAMPLE), "--to", "2026-02-30"], "'--to': '2026-02-30' is not a day"),
    (
        ["metrics", str(SAMPLE), "--from", "2026-02-02", "--to", "2026-02-01"],
        "--to 2026-02-01 is before --from 2026-02-02",
    ),
    (["metrics", str(SAMPLE), "--timezone", "Mars/Base"], "'Mars/Base' is not a time zone"),
    (["metrics", str(SAMPLE), "--timezone", "Africa"], "'Africa' is not a time zone"),
    (["metrics", str(SAMPLE), "--timezone", "../UTC"], "is not a time zone"),
    (["metrics", str(SAMPLE), "--as-of", "2026-01-20T06:30:00"], "is not a time with an offset"),
    (["metrics", str(SAMPLE), "--mode", "human"], "'human'"),
    (
        ["metrics", str(SAMPLE), "--weekday", "Moonday"],
        "'Moonday' is not a day of the week; use its English name, such as monday.",
    ),
    (["metrics", str(SAMPLE), "--hour", "24"], "'24' is not an hour of the day; use 0 to 23."),
    (["metrics", str(SAMPLE), "--country", "Kenya"], "'Kenya' is not a country"),
    (["metrics", str(SAMPLE), "--agent", ""], "'' is not an agent; use an agentId, or (none) for no agent."),
    (["metrics", str(SAMPLE), "--template", ""], "'' is not a template; use a templateId."),
    (["metrics", str(SAMPLE), "--compare", "month"], "'month'"),
    (["metrics", str(SAMPLE), "--format", "xml"], "'xml'"),
    (["metrics", str(SAMPLE), "--nonsense"], "--nonsense"),
    (["simulate", "-o", "out.ndjson"], "--events"),
    (["simulate", "--events", "10"], "-o"),
    (["simulate", "--events", "0", "-o", "out.ndjson"], "'--events'"),
    (["simulate", "--events", "10", "--seed", "-1", "-o", "out.ndjson"], "'--seed'"),
    (["simulate", "--events", "10", "--days", "0", "-o", "out.ndjson"], "'--days'"),
    (["simulate", "--events", "10", "--start", "9999-12-30", "-o", "out.ndjson"], "year 9999"),
    (["simulate", "--events", "10", "--start", "soon", "-o", "out.ndjson"], "'soon' is not a day"),
    (["simulate", "--events", "10", "--bad", "1.5", "-o", "out.ndjson"], "'--bad'"),
    (["simulate", "--events", "10", "-o", "no/where.ndjson"], "no/where.ndjson: cannot be written"),
]


@pytest.mark.parametrize(
    ("arguments", "message"), MISTAKES, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_a_mistake_is_one_line_on_stderr_and_exit_code_2(arguments, message, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("picture.ndjson").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    Path("empty.ndjson").write_bytes(b"\n")
    Path("none-in.json").write_bytes(b'{"batch": []}')
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert message in err
    assert err.count("\n") == 1
    assert not Path("out.ndjson").exists()


def test_a_broken_document_is_refused_at_its_place(run, tmp_path):
    (tmp_path / "broken.json").write_bytes(b'{\n  "batch": [\n    {"event": "message.read"},\n  ]\n}')
    code, _, err = run("validate", tmp_path / "broken.json")
    assert code == 2
    assert "broken.json: The file is not valid JSON at line 4, column 3: a comma with nothing after it.\n" in err


def test_a_stop_by_hand_is_said(monkeypatch, run):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("analytics.cli.validate.validate_files", stop)
    code, _, err = run("validate", SAMPLE)
    assert (code, err.strip()) == (2, "Stopped.")
