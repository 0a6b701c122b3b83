"""The story of a conversation: every wait that began or ended in it is named, with its own duration."""

import re
from html import unescape

import pytest

from analytics.metrics.case import build_story, find_waits_in
from analytics.ui.conversations import story_html
from tests.events_of import delivered, failed, handoff, received, resolved, selection_of, sent


def gaps(*events, conversation=0, as_of="2026-02-10 09:00"):
    """The lines of a story that are no events and no days."""
    selection = selection_of(*events, as_of=as_of)
    told = build_story(selection, conversation)
    text = story_html.build_html(told, find_waits_in(selection, conversation), "Africa/Nairobi")
    return [unescape(gap) for gap in re.findall(r"<li class='gap[^>]*>(.*?)</li>", text)]


LEFT_ALONE = (received("2026-01-08 06:00"), handoff("2026-01-08 06:03"))


WAITED = "The customer waited 16 d 7 h for a person"
REPLIED = "The customer waited 3 min 5 s for a reply"


@pytest.mark.parametrize(
    ("ending", "told", "in_vain"),
    [
        (sent("2026-01-24 13:03", agent="amina"), "The answer came on 24 Jan 2026, 16:03", ""),
        (
            received("2026-01-24 13:03"),
            "Nobody answered, and the customer wrote again on 24 Jan 2026, 16:03",
            ", but got no answer",
        ),
    ],
)
def test_a_wait_that_outlived_its_conversation_stands_at_its_end(ending, told, in_vain):
    events = [*LEFT_ALONE, sent("2026-01-08 06:03:05"), ending]
    assert gaps(*events) == [REPLIED, f"{WAITED}. {told}, in a later conversation"]
    said = gaps(*events, conversation=1, as_of="2026-01-24 13:03:30")
    assert said[0] == f"{WAITED}{in_vain} (since 8 Jan 2026, 09:00, in an earlier conversation)"


def test_a_resolve_ends_a_wait_in_its_own_conversation_however_late():
    events = [*LEFT_ALONE, sent("2026-01-08 06:03:05"), resolved("2026-01-24 13:03")]
    assert gaps(*events) == [REPLIED, f"{WAITED}, but got no answer"]


def test_a_wait_that_met_nothing_for_72_hours_was_never_answered():
    events = [*LEFT_ALONE, sent("2026-01-08 06:03:05")]
    assert gaps(*events, as_of="2026-01-10 06:00")[-1] == "The customer has been waiting 2 d for a person"
    assert gaps(*events, as_of="2026-01-11 06:00")[-1] == "Never answered: the customer waited 3 d for a person"


def test_what_ends_a_wait_for_a_reply_and_one_for_a_person_is_named_for_both():
    answer = sent("10:14", agent="amina")
    assert gaps(received("09:00"), handoff("09:00"), answer) == [
        "The customer waited 1 h 14 min for a reply and a person"
    ]
    assert gaps(received("08:00"), handoff("09:00"), answer) == [
        "1 h of silence",
        "The customer waited 2 h 14 min for a reply and a person",
    ]
    assert gaps(handoff("09:00"), received("10:12"), answer)[-2:] == [
        "The customer waited 2 min for a reply",
        "The customer waited 1 h 14 min for a person",
    ]


def test_a_wait_in_vain_is_told_however_short_and_so_are_both_that_run():
    assert gaps(received("09:00"), handoff("09:00"), resolved("09:00:20")) == [
        "The customer waited 20 s for a reply and a person, but got no answer"
    ]
    assert gaps(received("09:00"), handoff("09:00"), as_of="09:10") == [
        "The customer has been waiting 10 min for a reply and a person"
    ]


def test_events_of_one_second_leave_a_wait_to_the_one_that_ended_it():
    events = [handoff("09:00"), received("09:30"), sent("09:30", agent="amina"), resolved("09:30")]
    assert gaps(*events) == ["The customer waited 30 min for a person"]


def test_a_conversation_in_which_nobody_waited_has_no_gaps_but_silence():
    assert gaps(sent("09:00")) == []
    assert gaps(sent("09:00"), sent("11:30")) == ["2 h 30 min of silence"]


def status_of(*events):
    """What a story says beside its one message of ours."""
    selection = selection_of(received("09:00"), sent("09:01", "m"), *events)
    text = story_html.build_html(build_story(selection, 0), find_waits_in(selection, 0), "UTC")
    return [unescape(said) for said in re.findall(r"<small class='[^>]*>([✓✕].*?)</small>", text)]


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ([], "✓ sent"),
        ([failed("09:02", "m", "131026")], "✕ failed 09:02: Number cannot be reached (131026)"),
        ([failed("09:02", "m")], "✕ failed 09:02: No reason given"),
        ([failed("09:02", "m", "7", errorTitle="<b>")], "✕ failed 09:02: Code 7: <b>"),
        ([failed("09:02", "m", "131026"), delivered("09:05", "m")], "✓✓ delivered 09:05"),
    ],
)
def test_a_message_that_failed_says_so_and_why_unless_it_arrived_after_all(statuses, said):
    assert status_of(*statuses) == [said]
