"""Who answers first, the bot or people: what was found in the events, and why."""

from analytics.facts.rules import FOUND
from analytics.facts.shard import Start
from analytics.facts.start import PEOPLE_FROM_SHARE, Evidence
from analytics.words import display

WHO = {"bot": "The bot answers first", "agent": "People answer first"}


def say_start_mode(start: Start) -> str:
    """Return who answers first, and whether that was found or set."""
    how = "as we found in the events" if start.rules.start_mode == FOUND else "as set in Settings"
    return f"{WHO[start.start_mode]}, {how}."


def explain_start_mode(start: Start) -> str:
    """Return who answers first, and what the events say of that."""
    if start.evidence.mode == start.start_mode:
        return f"{say_start_mode(start).rstrip('.')}: {_say_evidence(start.evidence)}."
    other = WHO[start.evidence.mode][0].lower() + WHO[start.evidence.mode][1:]
    return f"{say_start_mode(start)} But the events say that {other}: {_say_evidence(start.evidence)}."


def say_misfit(start: Start) -> str:
    """Return how the events contradict who answers first; empty where they do not."""
    if start.evidence.mode == start.start_mode or not start.evidence.written:
        return ""
    return explain_start_mode(start)


def _say_evidence(found: Evidence) -> str:
    written = f"{display.with_noun(found.written, 'message')} without a template"
    signed = f"{display.count(found.signed)} of {written} {'names' if found.signed == 1 else 'name'} an agent"
    if found.mode == "agent":
        return f"no event shows a bot, and {signed}"
    if found.bot_handoffs:
        return f"{_say(found.bot_handoffs, 'handoff', 'is', 'are')} from or to a bot"
    if found.bot_events:
        return f"{_say(found.bot_events, 'event', 'names', 'name')} a bot"
    if not found.written:
        return "nobody has sent a message without a template"
    return f"only {signed}, fewer than {display.share(PEOPLE_FROM_SHARE)}"


def _say(number: int, noun: str, one: str, many: str) -> str:
    return f"{display.with_noun(number, noun)} {one if number == 1 else many}"
