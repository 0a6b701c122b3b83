"""Who answers first, the bot or people: what was found in the events, and why."""

from analytics.facts.rules import FOUND
from analytics.facts.shard import Start
from analytics.facts.start import PEOPLE_FROM_SHARE, Evidence
from analytics.words import display

WHO = {"bot": "The bot answers first", "agent": "People answer first"}


def say_start_mode(start: Start) -> str:
    """Return who answers first, and whether that was found or set."""
    how = "as found in the events" if start.rules.start_mode == FOUND else "as it stands in Settings"
    return f"{WHO[start.start_mode]}, {how}."


def say_why(found: Evidence) -> str:
    """Return what the events say of who answers first."""
    return f"The events say: {_say_finding(found)}."


def say_misfit(start: Start) -> str:
    """Return how the events contradict who answers first; empty where they do not."""
    if start.evidence.mode == start.start_mode or not start.evidence.written:
        return ""
    return f"{say_start_mode(start)} {say_why(start.evidence)}"


def _say_finding(found: Evidence) -> str:
    signed = f"{display.count(found.signed)} of {display.with_noun(found.written, 'message')} that are no templates"
    if found.mode == "agent":
        return f"people answer first, as no event shows a bot, and {signed} name an agent"
    if found.bot_handoffs:
        return f"the bot answers first, as {_say(found.bot_handoffs, 'handoff', 'is', 'are')} from or to a bot"
    if found.bot_events:
        return f"the bot answers first, as {_say(found.bot_events, 'event', 'names', 'name')} it"
    if not found.written:
        return "the bot answers first, as nobody has written a message that is no template"
    return f"the bot answers first, as only {signed} name an agent, fewer than {display.share(PEOPLE_FROM_SHARE)}"


def _say(number: int, noun: str, one: str, many: str) -> str:
    return f"{display.with_noun(number, noun)} {one if number == 1 else many}"
