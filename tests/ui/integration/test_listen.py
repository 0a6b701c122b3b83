"""What is missing in the events that are heard, and which report it spoils."""

from analytics.ui.integration.listen import find_gaps
from tests.events_of import contact, delivered, frame_of, handoff, read, received, resolved, sent


def found(*events):
    return find_gaps(frame_of(events))


def test_a_share_of_messages_without_an_agent_is_told():
    events = [
        sent("06:31", agent="agent_1"),
        sent("06:32"),
        sent("06:33"),
        sent("06:34", mode="bot"),
        received("06:30"),
    ]
    assert found(*events) == [
        "67 % of message.sent events not by the bot lack agentId, so the report on agents will be wrong."
    ]


def test_statuses_of_unheard_messages_are_told():
    events = [sent("06:31", "m1", agent="a"), delivered("06:32", "m1"), read("06:33", "m2"), read("06:33", "m3")]
    (said,) = found(*events)
    assert said.startswith("67 % of statuses belong to no message that came while we listened")


def test_what_makes_reports_poorer_is_told():
    said = " ".join(found(contact("06:30"), handoff("06:31"), resolved("06:32")))
    assert all(
        name in said for name in ("lack source", "lack handoffReason", "lack journeyStep", "lack resolutionType")
    )


def test_of_whole_events_nothing_is_missing():
    whole = [contact("06:30", source="organic"), received("06:30"), sent("06:31", "m1", agent="a"), read("06:32", "m1")]
    assert found(*whole) == []
    assert found() == []
