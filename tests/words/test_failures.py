"""Why messages failed, in plain words."""

import pytest

from analytics.words.failures import CAPPED, FAILURES, NUMBER, UNKNOWN_FAULT, explain_failure, name_failure, say_faults

CODES = [
    "130429",
    "130472",
    "131000",
    "131026",
    "131042",
    "131047",
    "131048",
    "131049",
    "131050",
    "131053",
    "131056",
    "131062",
    "132000",
    "132001",
    "132007",
    "132012",
    "132015",
    "132016",
    "133010",
    "368",
]


def test_each_code_that_matters_is_explained():
    assert set(FAILURES) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_an_explanation_is_whole_sentences(code):
    failure = explain_failure(code, "a title that nobody should branch on")
    assert failure.happened.endswith(".")
    assert failure.remedy.endswith(".")
    assert failure.fault != UNKNOWN_FAULT
    assert name_failure(code, "a title") == f"{failure.name} ({code})"


def test_the_cap_on_marketing_is_no_fault_of_the_number():
    assert explain_failure(CAPPED).fault != NUMBER
    assert explain_failure("131026").fault == NUMBER


def test_other_codes_are_named_by_their_number_and_title():
    assert name_failure("63016", "Outside the window") == "Code 63016: Outside the window"
    assert name_failure("63016") == "Code 63016"
    assert explain_failure("63016").fault == UNKNOWN_FAULT


def test_a_failure_without_a_code_says_what_to_send():
    assert name_failure("unknown") == "No reason given"
    assert explain_failure("unknown").remedy == "Send errorCode with message.failed."


def test_the_cap_on_marketing_stands_apart_from_wrong_numbers_and_from_other_faults_of_whatsapp():
    said = say_faults({"131026": 5, "131049": 3, "131000": 1, "63016": 1})
    assert said == (
        "Causes of 10 failures: **50 %** the number, **30 %** WhatsApp’s limit on marketing for each person, "
        "**10 %** WhatsApp, **10 %** unknown."
    )
