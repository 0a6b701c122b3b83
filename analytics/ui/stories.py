"""The story of a conversation as people read it: who did what and when, and the gaps between by name."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

import pandas as pd

from analytics import display
from analytics.ui.figure import BLUE, GREEN, GREY, ORANGE, SKY
from analytics.ui.preferences import agent_name

SILENCE = 3_600
"""Nothing for so many seconds is a silence worth a line of its own."""
WAIT = 60
"""So is a wait of so many seconds, and any that was in vain."""

_STYLE = f"""<style>
.story {{list-style: none; margin: 0; padding: 0; max-width: 46rem; display: flex; flex-direction: column; gap: .4rem}}
.story li {{margin: 0 !important; padding: .45rem .75rem; border-radius: .6rem; max-width: 85%; overflow-wrap: anywhere;
  background: color-mix(in srgb, currentColor 7%, transparent); border-left: 4px solid {GREY}}}
.story .customer {{align-self: flex-start; border-color: {BLUE}}}
.story .bot, .story .agent {{align-self: flex-end}}
.story .bot {{border-color: {SKY}}}
.story .agent {{border-color: {ORANGE}}}
.story .change {{align-self: center; border: 0; background: none; padding: .1rem .75rem}}
.story .gap {{align-self: center; border: 1px dashed {GREY}; background: none; padding: .1rem .75rem;
  border-radius: 1rem; font-size: .9rem}}
.story .wait {{border: 1px solid {ORANGE}; font-weight: 600}}
.story .day {{align-self: center; border: 0; background: none; font-weight: 600; padding-top: .75rem}}
.story time, .story small {{font-size: .85rem; opacity: .75; margin-left: .5rem; white-space: nowrap}}
.story .read {{color: {GREEN}; opacity: 1; font-weight: 600}}
</style>"""


def html(told: pd.DataFrame, zone: str, waiting: Mapping[str, float]) -> str:
    """Return the story (see `analytics.metrics.case.story`) as a list in HTML, in local time.

    At its end stand those who are `waiting`: for how many seconds, by what for. All that comes from data is escaped.
    """
    times = {name: told[name].dt.tz_convert(zone) for name in ("time", "delivered", "read")}
    lines = list(_lines(told.assign(**times)))
    lines += [
        _gap(f"Waiting for {what} for {display.duration(seconds)}", wait=True) for what, seconds in waiting.items()
    ]
    return f"{_STYLE}<ol class='story' aria-label='What happened'>{''.join(lines)}</ol>"


def _lines(told: pd.DataFrame) -> Iterator[str]:
    day = None
    events: Iterable[Any] = told.itertuples()
    for event in events:
        yield from _gaps(event)
        if event.time.date() != day:
            day = event.time.date()
            yield f"<li class='day'>{event.time:%a %-d %b %Y}</li>"
        yield _event(event)


def _gaps(event: Any) -> Iterator[str]:
    """Return the waits that an event ended, or the silence that it broke."""
    waited = {event.person: "a person", event.reply: "a reply"}  # of two that are as long, one is told
    closed = event.event != "message.sent"
    told = [(seconds, awaited) for seconds, awaited in waited.items() if seconds >= WAIT or (closed and seconds >= 0)]
    for seconds, awaited in sorted(told):
        in_vain = ", in vain" if closed else ""
        yield _gap(f"Customer waited {display.duration(seconds)} for {awaited}{in_vain}", wait=True)
    if event.pause >= SILENCE and not told:
        yield _gap(f"{display.duration(event.pause)} of silence")


def _gap(text: str, *, wait: bool = False) -> str:
    return f"<li class='gap{' wait' if wait else ''}'>{escape(text)}</li>"


def _event(event: Any) -> str:
    time = f"<time datetime='{event.time.isoformat()}'>{event.time:%H:%M:%S}</time>"
    if event.event == "message.received":
        return f"<li class='customer'><b>Customer</b> {_kind(event)}{time}</li>"
    if event.event == "message.sent":
        by_agent = event.mode == "agent"
        who = escape(agent_name(event.agent)) if event.agent else "Automatic message" if by_agent else "Bot"
        side = "agent" if by_agent else "bot"
        return f"<li class='{side}'><b>{who}</b> {_kind(event)}{time}{_ticks(event)}</li>"
    return f"<li class='change'>{_change(event)}{time}</li>"


def _change(event: Any) -> str:
    """Return what an event that is no message of the customer or ours changed."""
    agent = escape(agent_name(event.agent)) if event.agent else ""
    match event.event:
        case "agent.handoff":
            return _handoff(event)
        case "chat.assigned":
            return f"Assigned to {agent or 'nobody'}"
        case "chat.resolved":
            return f"Resolved{f' by {agent}' if agent else ''}{_in_brackets(event.resolution_type)}"
        case "contact.created":
            return f"Contact created{_in_brackets(event.source)}"
    return f"{'Read' if event.event == 'message.read' else 'Delivered'}, of a message that is not known"


def _in_brackets(name: str) -> str:
    return f" ({escape(display.words(name))})" if name else ""


def _kind(event: Any) -> str:
    """Return what kind of message it is; events do not hold what it says."""
    if event.template_id:
        return f"sent the template <i>{escape(event.template_id)}</i>"
    kind = display.words(event.content_type).lower() if event.content_type else "message"
    return {"text": "wrote", "message": "wrote"}.get(kind, f"sent: {escape(kind)}")


def _handoff(event: Any) -> str:
    before = f"{display.words(event.from_mode)} → " if event.from_mode else "Passed to "
    reason = f": {escape(display.words(event.handoff_reason))}" if event.handoff_reason else ""
    step = f" <small>in step {escape(display.words(event.journey_step))}</small>" if event.journey_step else ""
    return f"<b>{escape(before)}{escape(event.to_mode)}{reason}</b>{step}"


def _ticks(event: Any) -> str:
    """Return how far one of our messages got, as WhatsApp shows it, and when."""
    if not pd.isna(event.read):
        return f"<small class='read'>✓✓ read {event.read:%H:%M}</small>"
    if not pd.isna(event.delivered):
        return f"<small>✓✓ delivered {event.delivered:%H:%M}</small>"
    return "<small>✓ sent</small>"
