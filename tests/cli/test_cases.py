"""Small inputs made after public reports, counted by hand: each stands for a whole kind."""

import json
from pathlib import Path

import pytest

CASES = Path(__file__).parents[1] / "cases" / "events"


@pytest.fixture
def counted(run):
    """A function that returns the metrics of a case, as the command line counts them."""

    def counted(name, *options):
        code, out, err = run("metrics", str(CASES / name), "--format", "json", *options)
        assert (code, err) == (0, "")
        return json.loads(out)["metrics"]

    return counted


def test_a_chat_is_assigned_while_the_customer_waits(counted):
    human = counted("assigned.ndjson")["response_time"]["human"]
    assert (human["answered"], human["waiting"], human["never_answered"], human["closed_without_reply"]) == (2, 1, 0, 0)
    assert human["median_seconds"] == 5190
    assert human["mean_seconds"] == (10_200 + 180) / 2
    assert human["within_seconds"]["900"] == pytest.approx(1 / 3)
    by_agent = counted("assigned.ndjson")["agent_performance"]
    assert {name: agent["median_response_seconds"] for name, agent in by_agent.items() if agent["replies"]} == {
        "ben": 10_200,
        "carl": 180,
    }


def test_a_handoff_shows_that_a_bot_answers_first(counted):
    found = counted("assigned.ndjson")
    assert (
        found == counted("assigned.ndjson", "--start-mode", "auto") == counted("assigned.ndjson", "--start-mode", "bot")
    )
    assert found != counted("assigned.ndjson", "--start-mode", "agent")


def test_a_team_without_a_bot_answers_first(counted):
    times = counted("no_bot.ndjson")["response_time"]
    human = times.pop("human")
    assert times == {**human, "every_message": times["every_message"]}
    assert (human["answered"], human["median_seconds"], human["within_seconds"]["900"]) == (120, 3630, 0.5)
    assert human["mean_seconds"] == (7_200 + 60) / 2
    assert counted("no_bot.ndjson") == counted("no_bot.ndjson", "--start-mode", "agent")


def test_a_bot_that_sends_under_an_id_of_its_own_is_nobodys_agent(counted):
    found = counted("bot_with_agent_id.ndjson")
    times, human = found["response_time"], found["response_time"]["human"]
    assert (times["median_seconds"], times["answered"]) == (1, 1)
    assert (human["median_seconds"], human["answered"]) == (600, 1)
    agents = found["agent_performance"]
    assert agents["AgentBot"]["events"] == {"message.sent": 1}
    assert agents["(none)"]["handoffs"] == 1
    assert (agents["ana"]["replies"], agents["ana"]["median_response_seconds"]) == (1, 600)


def test_each_reopened_chat_has_another_id(counted):
    found = counted("new_chat_id.ndjson")
    assert found["reply_rate"]["ledger"] == {"numerator": 2, "denominator": 4, "value": 0.5}
    stayed = found["service_modes"]["stayed_solved"]
    assert (stayed["undecided"], stayed["already_back"]) == (1, 1)
    times = found["response_time"]
    assert (times["answered"], times["median_seconds"], times["mean_seconds"]) == (3, 300, 320)


def test_a_thanks_below_a_survey_closes_by_itself(counted):
    found = counted("after_resolve.ndjson")["service_modes"]
    assert found["outcomes"] == {
        "needed_agent": 1,
        "solved_by_bot": 0,
        "closed_unanswered": 0,
        "gave_up": 0,
        "ended_quietly": 0,
        "ongoing": 0,
        "afterwords": 1,
        "finished_without_agent": 0,
    }
    assert found["stayed_solved"] == {
        "stayed": 0,
        "came_back": 0,
        "undecided": 1,
        "already_back": 0,
        "value": None,
    }


def test_the_thanks_waits_for_nothing(counted):
    times = counted("after_resolve.ndjson")["response_time"]
    assert (times["answered"], times["waiting"], times["never_answered"], times["closed_without_reply"]) == (1, 0, 0, 0)


def test_ids_as_systems_write_them(run):
    code, out, _ = run("validate", CASES / "customer_ids.ndjson")
    assert code == 0
    assert " ".join(out.split()).startswith("received 16 good 10 duplicates 0 rejected 6 ")
    for reason in ("group_chat", "user_id_local", "missing", "user_name", "phone_invalid", "phone_no_country_code"):
        assert any(line.split()[:3] == ["1", reason, "userId:"] for line in out.splitlines()), reason
    numbers = json.loads(run("metrics", CASES / "customer_ids.ndjson", "--format", "json")[1])["metrics"]
    assert numbers["daily_new_contacts"]["first_time_writers"]["total"] == 3
    assert numbers["traffic_by_country"] == {"KE": 9, "US": 1}


def test_both_spellings_of_a_number_are_one_customer(counted):
    found = counted("number_variants.ndjson")
    assert found["message_funnel"]["ledger"] == {"sent": 3, "delivered": 3, "read": 3, "replied": 3}
    assert found["response_time"]["waiting"] == 3
    assert found["daily_new_contacts"]["first_time_writers"]["total"] == 3
