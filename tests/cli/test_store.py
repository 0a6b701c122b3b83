"""Commands on the event store: import, metrics without files, export and keys."""

import getpass
import json
import re
import shlex
import subprocess
import sys

import pytest

from analytics.asking import ask
from analytics.store.event_store import open_store_at
from analytics.store.preferences import Preferences, set_preferences
from tests.events_of import contact, event, received, sent

ONE, TWO, THREE = received("06:30", "m1"), sent("06:31", "m2", agent="a1"), contact("06:29", country="ug", name="Ann")
TEST = received("06:28", "m3", test=True)
OTHER = event("poll.sent", "06:33", question="How?")


@pytest.fixture(autouse=True)
def store(store_url, use_store):
    """A function that opens the store that commands use, to look into it."""
    use_store(store_url)
    return lambda: open_store_at(store_url)


def counts(out):
    return {line.split()[0]: int(line.split()[1].replace(",", "")) for line in out.splitlines() if line[0] != " "}


# import


def test_import_stores_what_is_good_and_says_what_is_not(run, dump, numbers):
    code, out, err = run("import", dump(ONE, TWO, ONE, b"cut"))
    assert (code, err) == (0, "")
    assert counts(out) == {"received": 4, "stored": 2, "duplicates": 1, "rejected": 1}
    assert out.splitlines()[-1].split()[:2] == ["1", "invalid_json"]
    assert numbers()["events"]["total"] == 2


def test_the_same_file_twice_adds_nothing(run, dump, store):
    file = dump(ONE, TWO, b"cut")
    run("import", file)
    code, out, _ = run("import", file)
    assert (code, counts(out)) == (0, {"received": 3, "stored": 0, "duplicates": 2, "rejected": 1})
    opened = store()
    assert opened.count(opened.project("default").id) == 2
    opened.close()


def test_import_takes_several_files_and_writes_the_rejects_of_all(run, dump, tmp_path):
    rejects = tmp_path / "rejects.ndjson"
    files = dump(ONE, b"bad"), dump(ONE, TWO, b"worse", name="more.ndjson")
    code, out, _ = run("import", *files, "--rejects", rejects)
    assert (code, counts(out)) == (0, {"received": 5, "stored": 2, "duplicates": 1, "rejected": 2})
    assert [json.loads(line)["raw"] for line in rejects.read_text().splitlines()] == ["bad", "worse"]


def test_a_file_that_cannot_be_used_stops_an_import_and_those_before_it_are_named(run, dump):
    code, out, err = run("import", dump(ONE), dump(name="empty.ndjson"), dump(TWO, name="more.ndjson"))
    assert (code, out) == (2, "")
    assert re.fullmatch(r"Error: .*empty\.ndjson: The file is empty\. Imported before it: events\.ndjson\.\n", err)
    assert counts(run("import", dump(ONE, TWO))[1])["stored"] == 1


def test_a_file_of_nothing_usable_is_a_mistake_and_its_events_are_kept_as_rejected(run, dump):
    code, out, err = run("import", dump(b"{}", b"{"))
    assert (code, err) == (2, "Error: None of these events can be used.\n")
    assert counts(out) == {"received": 2, "stored": 0, "duplicates": 0, "rejected": 2}


def test_import_may_be_told_a_zone_and_a_country(run, dump):
    local = {**ONE, "timestamp": "2026-01-20T06:32:00", "userId": "0712345678"}
    _, out, _ = run("import", dump(local), "--assume-timezone", "Africa/Nairobi", "--assume-country", "KE")
    assert counts(out)["stored"] == 1


def test_events_outside_the_eight_are_kept_with_a_warning(run, dump):
    code, out, err = run("import", dump(ONE, OTHER))
    assert (code, counts(out)["stored"]) == (0, 2)
    assert err == "warning: 1 events 'poll.sent' are not one of the nine. They are kept, but are part of no metric\n"


# the history of imports


def imports(run, *options):
    """The rows that `imports list` shows, below its header."""
    code, out, err = run("imports", "list", *options)
    assert (code, err) == (0, "")
    header, *rows = (re.split(r"  +", line) for line in out.splitlines())
    assert header == ["ID", "File", "By", "Imported", "Received", "Stored", "Duplicates", "Rejected", "Undone"]
    return rows


def test_imports_are_listed_with_who_made_them_and_one_is_undone(run, dump, numbers):
    run("import", dump(ONE, name="monday.ndjson"))
    run("import", dump(ONE, TWO, b"cut", name="week.ndjson"))
    week, monday = imports(run)
    assert (monday[1:3], monday[4:]) == (["monday.ndjson", getpass.getuser()], ["1", "1", "0", "0", "–"])
    assert (week[1], week[4:]) == ("week.ndjson", ["3", "1", "1", "1", "–"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", week[3])
    assert run("imports", "undo", week[0]) == (0, f"Undone {week[0]}: 1 event removed.\n", "")
    assert numbers()["events"]["total"] == 1
    assert imports(run)[0][8].endswith(" UTC")
    code, out, err = run("imports", "undo", week[0])
    assert (code, out) == (2, "")
    assert re.fullmatch(r"Error: The import of week\.ndjson was undone on .* already\.\n", err)


def test_imports_are_those_of_one_project(run, dump):
    run("import", dump(ONE), "--project", "shop")
    run("import", dump(TWO), "--project", "bank")
    assert run("imports", "list")[2] == "Error: There are several projects: bank, shop. Name one with --project.\n"
    ((shop, *_),) = imports(run, "--project", "shop")
    assert run("imports", "undo", shop, "--project", "bank")[2].startswith(f"Error: There is no import '{shop}'")
    assert run("imports", "undo", shop, "--project", "shop")[0] == 0


def test_without_imports_it_is_said_how_to_make_one(run):
    run("keys", "create", "Our CRM")
    assert run("imports", "list") == (0, "", "There are no imports yet. Make one with `analytics import FILE`.\n")


# projects


def test_the_only_project_need_not_be_named_but_of_several_one_must_be(run, dump, numbers):
    run("import", dump(ONE), "--project", "shop")
    assert counts(run("import", dump(TWO))[1])["stored"] == 1
    run("import", dump(ONE), "--project", "bank")
    for command in (("import", dump(ONE)), ("metrics",), ("export", "out.csv")):
        assert run(*command) == (2, "", "Error: There are several projects: bank, shop. Name one with --project.\n")
    assert numbers("--project", "shop")["events"]["total"] == 2
    assert numbers("--project", "bank")["events"]["total"] == 1


def test_an_unknown_project_is_a_mistake(run, dump):
    run("import", dump(ONE))
    for command in (("metrics",), ("export", "out.csv")):
        code, out, err = run(*command, "--project", "shop")
        assert (code, out, err) == (2, "", "Error: There is no project 'shop'; there are: default.\n")


def test_an_empty_store_says_how_to_fill_it(run):
    for command in (("metrics",), ("export", "out.csv")):
        assert run(*command) == (2, "", "Error: The event store is empty. Fill it with `analytics import FILE`.\n")


# metrics


def test_the_metrics_of_stored_events_are_those_of_their_file(run, dump, numbers):
    file = dump(ONE, TWO, THREE, TEST)
    run("import", file)
    for options in ((), ("--test",), ("--agent", "a1"), ("--country", "UG"), ("--timezone", "Africa/Nairobi")):
        assert numbers(*options) == numbers(file, *options)
    assert numbers()["events"]["total"] == 3


# export


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_exported_events_imported_into_an_empty_store_are_the_same(run, dump, tmp_path, use_store):
    run("import", dump(ONE, TWO, THREE, TEST, OTHER))
    first, second = tmp_path / "first.ndjson", tmp_path / "second.ndjson"
    assert run("export", first) == (0, "exported               5\n", "")
    use_store(f"duckdb:///{tmp_path / 'other.duckdb'}")
    code, out, _ = run("import", first)
    assert (code, counts(out)) == (0, {"received": 5, "stored": 5, "duplicates": 0, "rejected": 0})
    assert counts(run("import", dump(ONE, TWO, THREE, TEST, OTHER))[1])["stored"] == 0
    run("export", second)
    assert second.read_bytes() == first.read_bytes()


def test_export_takes_the_filters_of_metrics(run, dump, tmp_path):
    run("import", dump(ONE, TWO, THREE, TEST, received("2026-01-21 22:30", "m4", user="+256772000001", chat="c2")))
    out = tmp_path / "out.ndjson"

    def exported(*options):
        assert run("export", out, *options)[0] == 0
        return [event["properties"].get("messageId", event["event"]) for event in lines(out)]

    assert exported() == ["m3", "contact.created", "m1", "m2", "m4"]
    assert exported("--no-test") == ["contact.created", "m1", "m2", "m4"]
    assert exported("--to", "2026-01-20") == ["m3", "contact.created", "m1", "m2"]
    assert exported("--from", "2026-01-22", "--timezone", "Africa/Nairobi") == ["m4"]
    assert exported("--agent", "a1") == ["m2"]
    assert exported("--mode", "agent") == ["m3", "contact.created", "m1", "m2", "m4"]  # people answer first, as found
    assert exported("--country", "UG", "--from", "2026-01-21") == ["m4"]
    assert exported("--weekday", "wednesday", "--hour", "22") == ["m4"]
    assert exported("--weekday", "thursday", "--hour", "1", "--timezone", "Africa/Nairobi") == ["m4"]


def test_export_writes_what_the_name_says(run, dump, tmp_path):
    run("import", dump(ONE, TWO))
    for name, start in (("a.csv", b'"event","userId"'), ("a.parquet", b"PAR1"), ("a.ndjson.gz", b"\x1f\x8b")):
        assert run("export", tmp_path / name) == (0, "exported               2\n", "")
        assert (tmp_path / name).read_bytes().startswith(start)
    assert counts(run("import", tmp_path / "a.ndjson.gz")[1])["duplicates"] == 2


def test_where_nothing_passes_nothing_is_written(run, dump, tmp_path):
    run("import", dump(ONE))
    code, out, err = run("export", tmp_path / "out.csv", "--agent", "nobody")
    assert (code, out) == (2, "")
    assert err == "Error: No stored event passes these filters, so nothing was written.\n"
    assert not (tmp_path / "out.csv").exists()


# keys


def test_a_key_is_shown_once_with_the_command_to_try_it(run, store):
    code, out, err = run("keys", "create", "Our CRM", "--project", "shop")
    assert code == 0
    key = out.strip()
    assert re.fullmatch(r"wk_[\w-]{43}", key)
    exported, curl = (shlex.split(line) for line in err[err.index("export") :].replace("\\\n", "").split("\n", 1))
    assert exported == ["export", f"WRITE_KEY={key}"]
    assert curl[:4] == ["curl", "http://127.0.0.1:8501/v1/capture", "-H", "X-Write-Key: $WRITE_KEY"]
    assert json.loads(curl[-1])["batch"][0]["context"] == {"channel": "whatsapp", "test": True}
    opened = store()
    assert opened.keys.find(key).project_name == "shop"
    opened.close()
    assert key not in run("keys", "list")[1]


def test_keys_are_listed_and_revoked(run):
    assert run("keys", "list")[1] == ""
    run("keys", "create", "Our CRM")
    run("keys", "create", "Other", "--project", "shop")
    code, out, err = run("keys", "list")
    assert (code, err) == (0, "")
    header, other, crm = (re.split(r"  +", line) for line in out.splitlines())
    assert header == ["ID", "Name", "May", "Project", "Created", "Last used", "Revoked"]
    assert (other[1:4], crm[1:4]) == (["Other", "write", "shop"], ["Our CRM", "write", "default"])
    assert crm[5:] == ["–", "–"]
    assert run("keys", "revoke", crm[0]) == (0, f"Revoked {crm[0]}.\n", "")
    _, _, crm = (re.split(r"  +", line) for line in run("keys", "list")[1].splitlines())
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", crm[6])


def test_an_unknown_key_cannot_be_revoked(run):
    code, out, err = run("keys", "revoke", "abc")
    assert (code, out, err) == (2, "", "Error: There is no key 'abc': `analytics keys list` shows them all.\n")


# the store


@pytest.mark.parametrize("store_url", ["duckdb"], indirect=True)
def test_a_store_that_another_program_holds_and_does_not_answer_for_is_a_mistake_of_one_line(run, dump, monkeypatch):
    monkeypatch.setattr(ask, "_START_SECONDS", 0.1)
    hold = "from analytics.store.event_store import open_store; open_store(); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as app:
        app.stdout.readline()
        for command in (("import", dump(ONE)), ("metrics",), ("export", "out.csv"), ("keys", "list")):
            code, out, err = run(*command)
            assert (code, out) == (2, "")
            assert re.fullmatch(r"Error: .*is open in another program\. Wait.*PostgreSQL.*\n", err)
        app.stdin.write(b"\n")
        app.stdin.close()


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_store_that_is_away_is_a_mistake_of_one_line(run, dump, postgres):
    postgres.stop()
    try:
        for command in (("import", dump(ONE)), ("metrics",), ("export", "out.csv"), ("keys", "list")):
            assert run(*command) == (2, "", "Error: The event store, PostgreSQL, does not answer.\n")
    finally:
        postgres.start()


@pytest.mark.parametrize("store_url", ["duckdb"], indirect=True)
def test_an_address_of_no_store_is_a_mistake(run, use_store):
    use_store("sqlite:///events.db")
    code, _, err = run("metrics")
    assert code == 2
    assert err.startswith("Error: We cannot read the store's URL. Write it as duckdb:///path/to/file or postgresql://")


# what is set for a project


def test_metrics_of_the_store_are_counted_as_the_project_has_set(run, dump, store, numbers):
    file = dump(received("06:30", "m1"), sent("06:31", "m4"), received("09:00", "m2"), sent("09:10", "m3"))
    run("import", file)
    opened = store()
    chosen = Preferences(target_seconds=400, start_mode="agent", silence_hours=2)
    set_preferences(opened.settings, opened.project("default").id, chosen)
    opened.close()
    found = numbers()["metrics"]
    assert found["response_time"]["within_seconds"]["400"] == 0.5
    assert found["service_modes"]["outcomes"]["needed_agent"] == 2
    assert numbers("--start-mode", "auto")["metrics"]["service_modes"]["outcomes"]["needed_agent"] == 0
    assert numbers(file)["metrics"]["service_modes"]["outcomes"]["needed_agent"] == 0
    out = file.with_name("out.ndjson")
    assert run("export", out, "--mode", "agent")[0] == 0
    assert len(out.read_text().splitlines()) == 4
