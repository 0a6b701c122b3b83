"""Who may sign in, and the audit log, from a shell."""

import json

import pytest

ANN = "ann@shop.example"


@pytest.fixture(autouse=True)
def store(store_url, use_store):
    use_store(store_url)


def test_the_first_admin_is_made_from_a_shell(run):
    assert run("people", "list") == (
        0, "", "Nobody may sign in yet: `analytics people grant EMAIL --role admin` lets somebody.\n"
    )  # fmt: skip
    code, out, _ = run("people", "grant", ANN, "--role", "admin", "--in-full")
    assert (code, out) == (0, "ann@shop.example is admin of default now, and sees phones in full.\n")
    _, out, _ = run("people", "list")
    assert "ann@shop.example  admin of default in full  not yet" in out


def test_roles_are_given_taken_and_people_blocked(run):
    run("people", "grant", ANN, "--role", "viewer", "--project", "shop")
    assert run("people", "block", ANN)[1] == "ann@shop.example is blocked.\n"
    assert run("people", "grant", ANN, "--role", "analyst", "--project", "shop")[1].endswith(" They are blocked.\n")
    assert run("people", "unblock", ANN)[1] == "ann@shop.example may sign in.\n"
    assert run("people", "sign-out", ANN)[1] == "ann@shop.example is signed out: 0 sessions ended.\n"
    assert run("people", "unbind", ANN)[0] == 0
    assert run("people", "withdraw", ANN)[1] == "ann@shop.example has no role in shop any more.\n"
    assert "none" in run("people", "list")[1]


@pytest.mark.parametrize(("arguments", "why"), [
    (("grant", "ann", "--role", "viewer"), "'ann' is no e-mail address."),
    (("grant", ANN, "--role", "owner"), "'owner' is not one of"),
    (("block", "eve@shop.example"), "Nobody is known as eve@shop.example"),
])  # fmt: skip
def test_a_mistake_is_one_sentence(run, arguments, why):
    code, out, err = run("people", *arguments)
    assert (code, out) == (2, "")
    assert why in err


def test_the_audit_log_is_a_table_lines_of_json_or_csv(run):
    assert run("audit") == (0, "", "Nothing of that kind was noted.\n")
    run("people", "grant", ANN, "--role", "viewer", "--project", "shop")
    run("keys", "create", "CRM", "--project", "shop")
    entries = [json.loads(line) for line in run("audit", "--format", "json")[1].splitlines()]
    assert [(entry["what"], entry["who"]) for entry in entries] == [("key made", "shell"), ("role given", "shell")]
    assert entries[1]["details"]["role"] == "viewer"
    _, table, _ = run("audit", "--what", "role given")
    assert table.count("\n") == 2
    assert "role given" in table
    assert ANN not in table
    assert run("audit", "--format", "csv")[1].startswith("Time,What,Who,From,Project,Details\n")
    assert run("audit", "--to", "2020-01-01T00:00:00Z")[2] == "Nothing of that kind was noted.\n"


def test_a_read_key_is_made_shown_once_listed_and_revoked(run):
    code, key, err = run("keys", "create", "Our reports", "--project", "shop", "--read")
    assert (code, key[:3], key.strip() in err) == (0, "rk_", False)
    _, out, _ = run("keys", "list")
    assert "Our reports  read  shop" in out
    assert key.strip() not in out
    key_id = out.splitlines()[1].split()[0]
    assert run("keys", "revoke", key_id)[1] == f"Revoked {key_id}.\n"
    assert [json.loads(line)["what"] for line in run("audit", "--format", "json")[1].splitlines()] == [
        "read key revoked",
        "read key made",
    ]
