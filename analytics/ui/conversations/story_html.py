"""The story of a conversation as people read it: who did what and when, and the gaps between by name."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

import pandas as pd

from analytics.facts.timeline import NONE
from analytics.facts.waits import ANSWERED, CLOSED, WAITING
from analytics.ui.data.preferences import agent_name
from analytics.ui.elements.figure import BLUE, GREEN, GREY, ORANGE, SKY
from analytics.words import display
from analytics.words.wait_kinds import PERSON, REPLY

SILENCE = 3_600
"""Nothing for so many seconds is a silence worth a line of its own."""
WAIT = 60
"""So is a wait of so many seconds, and any that was in vain."""

_AWAITED = {wait.kind: wait.awaited for wait in (REPLY, PERSON)}

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
.story time, .story small {{font-size: .85rem; opacity: .75; margin-left: .5rem}}
.story time, .story .status {{white-space: nowrap}}
.story .read {{color: {GREEN}; opacity: 1; font-weight: 600}}
</style>"""


def html(told: pd.DataFrame, waits: pd.DataFrame, zone: str) -> str:
    """Return the story (see `analytics.metrics.case.story`) as a list in HTML, in local time.

    Its `waits` (see `analytics.metrics.case.waits_in`) stand before the events that ended them, those that none of them
    did at the end. All that comes from data is escaped.
    """
    told, waits = _in_zone(told, zone, "time", "delivered", "read"), _in_zone(waits, zone, "began", "ended")
    spans: list[Any] = list(_spans(waits).itertuples())
    lines = [*_lines(told, spans), *(_gap(_open_end(span), wait=True) for span in spans if span.event == NONE)]
    return f"{_STYLE}<ol class='story' aria-label='What happened'>{''.join(lines)}</ol>"


def _in_zone(frame: pd.DataFrame, zone: str, *times: str) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].dt.tz_convert(zone) for name in times})


def _spans(waits: pd.DataFrame) -> pd.DataFrame:
    """Return the waits, the shortest first, with what was `awaited`; of both kinds as one where they are the same."""
    same = [name for name in waits if name != "kind"]
    named = waits.assign(awaited=waits["kind"].map(_AWAITED)).sort_values("seconds", kind="stable")
    return named.groupby(same, as_index=False, dropna=False, sort=False).agg({"awaited": " and ".join})


def _lines(told: pd.DataFrame, spans: Sequence[Any]) -> Iterator[str]:
    ended: dict[int, list[Any]] = {}
    for span in spans:
        ended.setdefault(span.event, []).append(span)
    day = None
    events: Iterable[Any] = told.itertuples()
    for event in events:
        yield from _gaps(event, ended.get(event.Index, []))
        if event.time.date() != day:
            day = event.time.date()
            yield f"<li class='day'>{event.time:%a %-d %b %Y}</li>"
        yield _event(event)


def _gaps(event: Any, ended: Sequence[Any]) -> Iterator[str]:
    """Return the waits that an event ended, or the silence that it broke."""
    told = [span for span in ended if span.seconds >= WAIT or span.state == CLOSED]
    for span in told:
        in_vain = ", in vain" if span.state == CLOSED else ""
        since = f" (since {_moment(span.began)}, in an earlier conversation)" if span.carried_over else ""
        yield _gap(f"{_waited(span)}{in_vain}{since}", wait=True)
    if event.pause >= SILENCE and not told:
        yield _gap(f"{display.duration(event.pause)} of silence")


def _open_end(span: Any) -> str:
    """Return how a wait went on that nothing in its conversation ended."""
    if span.state == WAITING:
        return f"Waiting for {span.awaited} for {display.duration(span.seconds)}"
    outcome = "answered" if span.state == ANSWERED else "closed without one"
    return f"{_waited(span)}: {outcome} on {_moment(span.ended)}, in a later conversation"


def _waited(span: Any) -> str:
    return f"Customer waited {display.duration(span.seconds)} for {span.awaited}"


def _moment(time: pd.Timestamp) -> str:
    return f"{time:%-d %b %Y, %H:%M}"


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
        return f"<small class='status read'>✓✓ read {event.read:%H:%M}</small>"
    if not pd.isna(event.delivered):
        return f"<small class='status'>✓✓ delivered {event.delivered:%H:%M}</small>"
    return "<small class='status'>✓ sent</small>"
