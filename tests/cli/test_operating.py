"""Check, backup and restore from a shell, while nothing runs; beside a running process: `test_running.py`."""

import shlex
import subprocess
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import make_url

from tests.events_of import contact, received, sent

ONE, TWO, THREE = received("06:30", "m1"), sent("06:31", "m2", agent="a1"), contact("06:29", name="Ann")
SECRET = "geheim"  # noqa: S105
VERSION_1 = (Path(__file__).parents[1] / "store" / "version_1.sql").read_text()


@pytest.fixture
def file(tmp_path, use_store):
    """The file of the embedded store that commands use."""
    use_store(f"duckdb:///{tmp_path / 'events.duckdb'}")
    return tmp_path / "events.duckdb"


@pytest.mark.usefixtures("file")
def test_check_counts_what_there_is(run, dump):
    run("import", dump(ONE, TWO, b"cut"))
    run("keys", "create", "CRM")
    assert run("check") == (0, CHECKED, "")


CHECKED = """\
events                 2
rejected               1
imports                1
keys                   1
Nothing is wrong.
"""


def test_check_says_what_is_wrong_and_where(run, dump, file):
    run("import", dump(ONE, TWO))
    with duckdb.connect(str(file)) as store:
        store.execute("UPDATE imports SET received = 9")
    code, out, err = run("check")
    assert (code, err) == (1, "")
    assert "wrong: imports: 1 have numbers that do not add up, such as id " in out


def test_check_says_that_an_older_copy_was_put_in_the_place_of_the_store_by_hand(run, dump, file):
    run("import", dump(ONE))
    older = file.read_bytes()
    run("import", dump(TWO))
    file.write_bytes(older)
    code, out, _ = run("check")
    assert code == 1
    assert "wrong: events.duckdb: 1 confirmed commit is missing" in out


def test_check_says_that_a_file_cannot_be_opened_at_all(run, file):
    file.write_bytes(b"no database")
    code, out, err = run("check")
    assert (code, err) == (1, "")
    assert out.startswith(f"wrong: {file} cannot be opened as an event store: ")
    assert out.count("\n") == 1


def test_check_warns_of_a_folder_that_others_may_look_into(run, file):
    file.parent.chmod(0o755)
    code, _, err = run("check")
    assert code == 0
    assert err == f"warning: other users can read the folder {file.parent}. `chmod 700` keeps them out\n"


@pytest.mark.usefixtures("file")
def test_backup_says_what_it_holds(run, dump, tmp_path):
    run("import", dump(ONE, TWO))
    code, out, err = run("backup", tmp_path / "copy.duckdb")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "events                 2"
    size = (tmp_path / "copy.duckdb").stat().st_size
    assert out.endswith(f"The backup {tmp_path / 'copy.duckdb'} has {size:,} bytes.\n")


@pytest.fixture
def copy(run, dump, file, tmp_path):
    """A backup of a store with two events, to which a third came since."""
    assert not file.exists()
    run("import", dump(ONE, TWO))
    run("backup", tmp_path / "copy.duckdb")
    run("import", dump(THREE))
    return tmp_path / "copy.duckdb"


def test_restore_replaces_events_only_if_it_is_told_to_and_keeps_them(run, copy, file, numbers):
    code, out, err = run("restore", copy)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: {file} has events already. Use --replace to put the backup in its place")
    code, out, err = run("restore", copy, "--replace")
    assert (code, err) == (0, "")
    (kept,) = file.parent.glob("events.duckdb.before-restore-*")
    assert out.splitlines() == [
        "events                 2", "rejected               0", "imports                1", "keys                   0",
        f"Restored {copy}. We kept the store from before as {kept}.",
    ]  # fmt: skip
    assert numbers()["events"]["total"] == 2
    assert run("restore", kept, "--replace")[0] == 0
    assert numbers()["events"]["total"] == 3
    assert copy.exists()


def test_restore_fills_an_empty_place(run, copy, file, numbers):
    file.unlink()
    assert run("restore", copy)[1].endswith(f"Restored {copy}.\n")
    assert numbers()["events"]["total"] == 2


@pytest.fixture
def old(file):
    """A backup that was made by version 1, beside the place of the store."""
    with duckdb.connect(str(file.with_name("old.duckdb"))) as made:
        made.execute(VERSION_1)
    return file.with_name("old.duckdb")


def test_restore_upgrades_a_backup_of_an_older_version_and_leaves_it_as_it_is(run, file, old):
    with duckdb.connect(str(old)) as made:
        made.execute("DELETE FROM events; DELETE FROM imports; UPDATE rejected_events SET import_id = NULL")
    before = old.read_bytes()
    code, out, err = run("restore", old)
    assert (code, out.splitlines()[1], err) == (0, "rejected               2", "")
    assert old.read_bytes() == before
    assert {path.name for path in file.parent.glob("events.duckdb*")} == {"events.duckdb"}


def test_a_backup_with_a_fault_is_restored_only_if_that_is_wanted(run, old, numbers):
    code, out, err = run("restore", old)
    assert code == 2
    assert "wrong: events: key " in out
    assert f"Error: {old} is damaged, so nothing was restored. Use --anyway to restore it as it is.\n" in err
    assert run("restore", old, "--anyway")[0] == 0
    assert numbers()["events"]["total"] == 1


@pytest.mark.parametrize("damage", ["cut", "scribbled", "not a store"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(damage, run, copy, file, numbers):
    data = bytearray(copy.read_bytes())
    if damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "scribbled":
        place = data.index(b"+254712345678")
        data[place : place + 4] = b"\xff" * 4
    else:
        data[:] = b"no database"
    copy.write_bytes(data)
    code, _, err = run("restore", copy, "--replace")
    assert code == 2
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    assert {path.name for path in file.parent.glob("events.duckdb*")} <= {"events.duckdb", "events.duckdb.commits"}
    assert numbers()["events"]["total"] == 3


def test_a_store_that_cannot_be_read_is_replaced_only_if_it_is_told_to(run, copy, file, numbers):
    file.write_bytes(b"no database")
    assert run("restore", copy)[0] == 2
    assert run("restore", copy, "--replace")[0] == 0
    assert numbers()["events"]["total"] == 2


@pytest.mark.usefixtures("copy")
def test_what_is_no_backup_is_a_mistake_of_one_line(run, file):
    assert run("restore", "none")[2] == "Error: none: there is no such file.\n"
    assert run("restore", file, "--replace")[2] == f"Error: {file} is the store itself: give the name of a backup.\n"


def test_postgresql_is_backed_up_and_restored_by_the_commands_that_are_named(run, dump, postgres, use_store, tmp_path):
    source, target = postgres.new_database(), postgres.new_database()
    use_store(source)
    run("import", dump(ONE, TWO, b"cut"))
    code, out, err = run("backup", tmp_path / "it's.dump")
    assert (code, out) == (2, "")
    said, command = err.removesuffix("\n").split(": pg_dump ")
    assert said == "Error: PostgreSQL is backed up by its own program"
    subprocess.run([postgres.programs / "pg_dump", *shlex.split(command)], check=True)
    use_store(target)
    code, out, err = run("restore", tmp_path / "it's.dump")
    assert (code, out) == (2, "")
    said, command = err.removesuffix("\n").split(": pg_restore ")
    assert said == "Error: PostgreSQL is restored by its own program, into an empty database"
    subprocess.run([postgres.programs / "pg_restore", *shlex.split(command)], check=True)
    assert run("check")[1].splitlines()[0] == "events                 2"


def test_no_password_is_told(run, use_store, postgres):
    url = make_url(postgres.new_database()).set(password=SECRET).update_query_dict({"application_name": "me"})
    use_store(url.render_as_string(hide_password=False))
    for command, named in (("backup", "pg_dump"), ("restore", "pg_restore")):
        _, out, err = run(command, "copy.dump")
        assert named in err
        assert SECRET not in out + err
