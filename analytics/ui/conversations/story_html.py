"""The story of a conversation as HTML: who did what and when, and the waits and silences in between."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

import pandas as pd

from analytics.metrics.tally import UNKNOWN_ERROR
from analytics.ui.data.preferences import agent_name
from analytics.ui.elements.figure import BLUE, GREEN, GREY, ORANGE, SKY
from analytics.words import display
from analytics.words.failures import name_failure
from analytics.words.wait_kinds import PERSON, REPLY

SILENCE_SECONDS = 3_600
"""If nothing happens for this many seconds, the silence gets a line of its own."""
WAIT_SECONDS = 60
"""A wait of this many seconds gets a line of its own, and so does every wait that was in vain."""

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
.story .failed {{opacity: 1; font-weight: 600}}
.story .read {{color: {GREEN}; opacity: 1; font-weight: 600}}
</style>"""


def build_html(story: pd.DataFrame, waits: pd.DataFrame, zone: str) -> str:
    """Return the story (see `analytics.metrics.case.build_story`) as a list in HTML, in local time.

    Its `waits` (see `analytics.metrics.case.find_waits_in`) stand before the events that ended them; waits that none of
    these events ended stand at the end. Everything from the data is escaped.
    """
    story, waits = _in_zone(story, zone, "time", "delivered", "read", "failed"), _in_zone(waits, zone, "began", "ended")
    spans: list[Any] = list(_merge_waits(waits).itertuples())
    lines = [
        *_write_lines(story, spans),
        *(_write_gap(_describe_open_end(span), wait=True) for span in spans if span.event < 0),
    ]
    return f"{_STYLE}<ol class='story' aria-label='What happened'>{''.join(lines)}</ol>"


def _in_zone(frame: pd.DataFrame, zone: str, *times: str) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].dt.tz_convert(zone) for name in times})


def _merge_waits(waits: pd.DataFrame) -> pd.DataFrame:
    """Return the waits, the shortest first, with what was `awaited`; equal waits of both kinds become one."""
    same = [name for name in waits if name != "kind"]
    named = waits.assign(awaited=waits["kind"].map(_AWAITED)).sort_values("seconds", kind="stable")
    return named.groupby(same, as_index=False, dropna=False, sort=False).agg({"awaited": " and ".join})


def _write_lines(story: pd.DataFrame, spans: Sequence[Any]) -> Iterator[str]:
    ended: dict[int, list[Any]] = {}
    for span in spans:
        ended.setdefault(span.event, []).append(span)
    day = None
    events: Iterable[Any] = story.itertuples()
    for event in events:
        yield from _write_gaps(event, ended.get(event.Index, []))
        if event.time.date() != day:
            day = event.time.date()
            yield f"<li class='day'>{event.time:%a %-d %b %Y}</li>"
        yield _write_event(event)


def _write_gaps(event: Any, ended: Sequence[Any]) -> Iterator[str]:
    """Yield the waits that an event ended, or the silence that it broke."""
    shown = [span for span in ended if span.seconds >= WAIT_SECONDS or span.state != "answered"]
    for span in shown:
        in_vain = "" if span.state == "answered" else ", but got no answer"
        since = f" (since {_format_moment(span.began)}, in an earlier conversation)" if span.carried_over else ""
        yield _write_gap(f"{_describe_wait(span)}{in_vain}{since}", wait=True)
    if event.pause >= SILENCE_SECONDS and not shown:
        yield _write_gap(f"{display.duration(event.pause)} of silence")


def _describe_open_end(span: Any) -> str:
    """Return what happened to a wait that did not end in its conversation."""
    if span.state == "waiting":
        return f"The customer has been waiting {display.duration(span.seconds)} for {span.awaited}"
    if pd.isna(span.ended):
        return f"Never answered: the customer waited {display.duration(span.seconds)} for {span.awaited}"
    outcome = {"answered": "The answer came", "closed": "The chat was closed without an answer"}.get(
        span.state, "Nobody answered, and the customer wrote again"
    )
    return f"{_describe_wait(span)}. {outcome} on {_format_moment(span.ended)}, in a later conversation"


def _describe_wait(span: Any) -> str:
    return f"The customer waited {display.duration(span.seconds)} for {span.awaited}"


def _format_moment(time: pd.Timestamp) -> str:
    return f"{time:%-d %b %Y, %H:%M}"


def _write_gap(text: str, *, wait: bool = False) -> str:
    return f"<li class='gap{' wait' if wait else ''}'>{escape(text)}</li>"


def _write_event(event: Any) -> str:
    time = f"<time datetime='{event.time.isoformat()}'>{event.time:%H:%M:%S}</time>"
    if event.event == "message.received":
        return f"<li class='customer'><b>Customer</b> {_describe_kind(event)}{time}</li>"
    if event.event == "message.sent":
        by_agent = event.mode == "agent"
        who = escape(agent_name(event.agent)) if event.agent else "Automatic message" if by_agent else "Bot"
        side = "agent" if by_agent else "bot"
        return f"<li class='{side}'><b>{who}</b> {_describe_kind(event)}{time}{_describe_ticks(event)}</li>"
    return f"<li class='change'>{_describe_change(event)}{time}</li>"


def _describe_change(event: Any) -> str:
    """Return in words what an event changed that is neither our message nor the customer's."""
    agent = escape(agent_name(event.agent)) if event.agent else ""
    match event.event:
        case "agent.handoff":
            return _describe_handoff(event)
        case "chat.assigned":
            return f"Assigned to {agent or 'nobody'}"
        case "chat.resolved":
            return f"Resolved{f' by {agent}' if agent else ''}{_in_brackets(event.resolution_type)}"
        case "contact.created":
            return f"Contact created{_in_brackets(event.source)}"
        case "message.delivered" | "message.read" | "message.failed":
            return f"{event.event.removeprefix('message.').capitalize()} (this message is unknown)"
    raise ValueError(event.event)


def _in_brackets(name: str) -> str:
    return f" ({escape(display.words(name))})" if name else ""


def _describe_kind(event: Any) -> str:
    """Return the kind of a message; its text is not part of the event."""
    if event.template_id:
        return f"sent the template <i>{escape(event.template_id)}</i>"
    kind = display.words(event.content_type).lower() if event.content_type else "message"
    return {"text": "wrote", "message": "wrote"}.get(kind, f"sent: {escape(kind)}")


def _describe_handoff(event: Any) -> str:
    before = f"{display.words(event.from_mode)} → " if event.from_mode else "Passed to "
    reason = f": {escape(display.words(event.handoff_reason))}" if event.handoff_reason else ""
    step = f" <small>in step {escape(display.words(event.journey_step))}</small>" if event.journey_step else ""
    return f"<b>{escape(before)}{escape(event.to_mode)}{reason}</b>{step}"


def _describe_ticks(event: Any) -> str:
    """Return how far one of our messages got and when, with ticks as WhatsApp shows them; or why it failed."""
    if not pd.isna(event.read):
        return f"<small class='status read'>✓✓ read {event.read:%H:%M}</small>"
    if not pd.isna(event.delivered):
        return f"<small class='status'>✓✓ delivered {event.delivered:%H:%M}</small>"
    if not pd.isna(event.failed):
        reason = name_failure(event.error_code or UNKNOWN_ERROR, event.error_title)
        return f"<small class='failed'>✕ failed {event.failed:%H:%M}: {escape(reason)}</small>"
    return "<small class='status'>✓ sent</small>"
