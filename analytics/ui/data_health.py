"""Data health: whether the data can be trusted, what is wrong with them, and what to do about it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from analytics.events.contract import Assumptions
from analytics.events.rejected import Rejected
from analytics.events.rejects import to_ndjson
from analytics.metrics import health
from analytics.metrics.occurring import list_never_seen
from analytics.store.ahead import EventsAhead
from analytics.store.event_store import EventStore, open_store
from analytics.store.projects import Project
from analytics.store.rejected import Reason, RejectedChoice
from analytics.store.repeats import Repeat
from analytics.ui.browser.dialogs import dialog
from analytics.ui.browser.session import Key
from analytics.ui.data.live import current_project
from analytics.ui.data.permissions import demand_raw
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.data.view import View, current_view
from analytics.ui.elements import left_out_properties, not_understood, notices, tables, two_people, upgrade_changes
from analytics.ui.elements.misfits import draw_misfits
from analytics.ui.elements.opening import data_up_to
from analytics.ui.elements.rejected_download import offer_rejected
from analytics.ui.import_events.questions import ask_country, ask_zone
from analytics.ui.menu import DATA_HEALTH
from analytics.words import data_quality, display
from analytics.words.escape import for_markdown

_AGAIN = "tried_again"
_EDITED_AT_MOST = 64 * 1024
_FIXED_HERE = 50
_ORIGINS = {
    health.Origin.EXPLICIT: "The event says it",
    health.Origin.MESSAGE: "Its message says it",
    health.Origin.STATE: "The state of the chat at that time",
    health.Origin.CONTACT: "The customer’s contact",
    health.Origin.PHONE: "The phone number or user ID",
    health.Origin.START: "The rule for how conversations begin",
    health.Origin.NOWHERE: "Not known",
}


def draw_page() -> None:
    """Draw the page."""
    st.title(DATA_HEALTH.title)
    with catch_store_errors():
        _draw(current_view())


def _draw(view: View | None) -> None:
    project = current_project() if view is None or view.live else None
    reasons = open_store().list_reasons(project.id) if project else []
    stored_again = open_store().repeats(project.id) if project else []
    ahead = open_store().find_ahead_of_time(project.id) if project else []
    rejected = sum(reason.count for reason in reasons) if project else len(view.contents.rejected) if view else 0
    if view is None and not rejected:
        st.markdown(data_quality.NO_EVENTS)
        return
    if view:
        st.markdown(f"##### {_write_headline(view, rejected)}")
        st.caption(data_up_to(view))
        _draw_silence(view)
    if project:
        _draw_rejected(open_store(), project, reasons)
    elif view:
        _draw_rejected_of_file(view.contents.rejected)
    if view:
        draw_misfits(view)
        _draw_findings(view, ahead)
        two_people.draw_section(view)
        _draw_repeats(view, stored_again)
    _draw_left_out(view, project)
    _draw_unread(view, project)
    upgrade_changes.draw_section(project)
    if view:
        _draw_never_seen(view)
        _draw_origins(view)


def _write_headline(view: View, rejected: int) -> str:
    usable = len(view.contents) / (len(view.contents) + rejected)
    return data_quality.headline(usable, view.data_up_to, datetime.now(UTC) if view.live else None)


def _draw_silence(view: View) -> None:
    found = view.ask(health.measure_silence) if view.live else None
    if found and found.is_unusual:
        st.warning(data_quality.silence(found.duration, found.usual), icon=":material/sensors_off:")


def _draw_rejected(store: EventStore, project: Project, reasons: list[Reason]) -> None:
    st.subheader("Events that cannot be used")
    st.caption(data_quality.EVER)
    notices.draw(_AGAIN)
    if not reasons:
        st.markdown(data_quality.NONE_UNUSABLE)
        return
    with st.container(horizontal=True):
        offer_rejected(lambda: to_ndjson(store.list_rejected(project.id)), help=data_quality.DOWNLOAD_HELP)
        if st.button("Try again", icon=":material/replay:"):
            _ask_to_try_again(project)
        if st.button("Fix", icon=":material/edit:"):
            _fix(project)
    _draw_reasons(reasons)


@dataclass(frozen=True)
class _FileReason:
    """The rejected events of a file with one name and reason; for stored ones there is `Reason`."""

    code: str
    field: str
    message: str
    event: str | None
    count: int


def _draw_rejected_of_file(rejected: Sequence[Rejected]) -> None:
    st.subheader("Events that cannot be used")
    st.caption(data_quality.OF_FILE)
    if not rejected:
        st.markdown(data_quality.NONE_UNUSABLE)
        return
    offer_rejected(lambda: to_ndjson(rejected), help=data_quality.DOWNLOAD_HELP, rows=len(rejected))
    counts = Counter((*attrgetter("code", "field", "message", "event")(event.problem),) for event in rejected)
    _draw_reasons([_FileReason(*kind, count) for kind, count in counts.items()])


def _draw_reasons(reasons: Sequence[Reason | _FileReason]) -> None:
    """Draw the reasons as a table; a reason that events of several names share is one row."""
    same: dict[tuple[str, str, str], list[Reason | _FileReason]] = {}
    for reason in reasons:
        same.setdefault((reason.code, reason.field, reason.message), []).append(reason)
    frame = pd.DataFrame({
        "Events": [sum(reason.count for reason in those) for those in same.values()],
        "What is wrong": [
            f"**{for_markdown(field or 'The whole event')}**: {for_markdown(message)}" for _, field, message in same
        ],
        "Reports affected": [_list_reports(those) for those in same.values()],
    })  # fmt: skip
    frame = frame.sort_values("Events", ascending=False, kind="stable")
    st.table(frame.assign(Events=frame["Events"].map(display.count)), hide_index=True, border="horizontal")


def _list_reports(reasons: Sequence[Reason | _FileReason]) -> str:
    """Return the pages that need the events with these reasons, beginning with the commonest reason."""
    if any(reason.event is None for reason in reasons):
        return "Any report"
    pages = (page for reason in reasons for page in health.REPORTS_BY_EVENT.get(reason.event or "", ()))
    return ", ".join(dict.fromkeys(pages)) or "No report"


@dialog("Try again")
def _ask_to_try_again(project: Project) -> None:
    st.markdown(data_quality.CHECK_AGAIN)
    ask_zone(Key.AGAIN_ZONE)
    ask_country(Key.AGAIN_COUNTRY)
    if st.button("Try again", type="primary", key="try_again", on_click=_judge_all, args=(project.id,)):
        st.rerun()


@dialog("Fix", width="large")
def _fix(project: Project) -> None:
    with catch_store_errors():
        demand_raw()
        _draw_fixing(project.id, open_store().list_rejected(project.id, most=_FIXED_HERE))


def _draw_fixing(project: int, waiting: Sequence[Rejected]) -> None:
    event = st.selectbox("Event", waiting, format_func=_name_event)
    if event is None:
        st.markdown(data_quality.NONE_LEFT)
        return
    st.error(for_markdown(event.problem.message), icon=":material/error:")
    if len(event.raw) > _EDITED_AT_MOST:
        st.markdown(data_quality.TOO_LARGE)
        return
    key = f"fix {event.id}"
    st.text_area("The event as it was received", event.raw.decode(errors="replace"), height=260, key=key)
    if st.button("Check and save", type="primary", on_click=_judge_fixed, args=(project, event.id, key)):
        st.rerun()


def _name_event(event: Rejected) -> str:
    return f"Line {event.line}: {event.problem.event or 'event'}, {event.problem.field or 'the whole event'}"


def _judge_all(project: int) -> None:
    zone, country = (st.session_state.get(key) for key in (Key.AGAIN_ZONE, Key.AGAIN_COUNTRY))
    _judge(project, None, Assumptions(zone=ZoneInfo(zone) if zone else None, country=country))


def _judge_fixed(project: int, event_id: str, key: str) -> None:
    _judge(project, [event_id], None, {event_id: st.session_state[key].encode()})


def _judge(
    project: int, chosen: RejectedChoice, assumed: Assumptions | None, fixed: Mapping[str, bytes] | None = None
) -> None:
    """Judge rejected events again; the next run says how many were stored."""
    with catch_store_errors(notices.say_store_error(_AGAIN)):
        done = open_store().try_again(project, chosen, assumed, fixed)
        notices.say(
            _AGAIN,
            "success" if done.stored or done.duplicates else "info",
            data_quality.checked_again(done.stored, done.duplicates, done.rejected),
        )


def _draw_findings(view: View, ahead: Sequence[EventsAhead]) -> None:
    st.subheader("What to look at")
    st.caption(f"{data_quality.FILTERED}.")
    findings = [*view.ask(health.run_checks), *_check_clocks(view, ahead)]
    found = [finding for finding in findings if finding.count]
    others = sum(view.contents.unknown_events.values())
    tests = view.contents.tests
    if found:
        frame = pd.DataFrame({
            "What we found": [finding.check.label for finding in found],
            "How many": [
                f"{display.count(finding.count)} of {display.count(finding.of)} {finding.check.those} "
                f"({display.share(finding.count / finding.of)})"
                for finding in found
            ],
            "Reports affected": [finding.check.touches for finding in found],
            "What to do": [finding.check.remedy for finding in found],
        })  # fmt: skip
        st.table(frame, hide_index=True, border="horizontal")
    fine = [finding.check.label for finding in findings if not finding.count]
    if fine:
        st.caption(f":material/check: {data_quality.none_found(fine)}")
    for number, what in ((others, data_quality.UNNAMED), (tests, data_quality.TEST)):
        if number:
            st.caption(data_quality.part_of_no_report(number, what))


def _check_clocks(view: View, ahead: Sequence[EventsAhead]) -> list[health.Finding]:
    """Return a finding about clocks that are fast. A file has none, as it does not say when its events arrived."""
    if not view.live:
        return []
    most = display.duration(max((each.most for each in ahead), default=timedelta()).total_seconds())
    count, of = sum(each.count for each in ahead), len(view.contents)
    check = health.Check(
        data_quality.ahead(most if ahead else ""),
        "stored events",
        ", ".join(dict.fromkeys(page for each in ahead for page in health.REPORTS_BY_EVENT.get(each.event, ())))
        or "No report",
        data_quality.FAST_CLOCK,
        lambda _: (count, of),
    )
    return [health.Finding(check, count, of)]


def _draw_repeats(view: View, stored: Sequence[Repeat]) -> None:
    st.subheader("Duplicate events")
    st.caption(_describe_scope(view))
    found = [(again.event, again.fields, again.count) for again in stored]
    if not view.live:
        found = [(*kind, count) for kind, count in view.contents.repeats.most_common()]
    if not found:
        st.markdown(data_quality.NO_DUPLICATES)
        return
    st.markdown(data_quality.ONLY_THE_FIRST)
    frame = pd.DataFrame({
        "Event": [event for event, _, _ in found],
        "Compared with the first": [data_quality.compare_with_first(fields) for _, fields, _ in found],
        "How often": [count for _, _, count in found],
    })  # fmt: skip
    tables.draw(frame, alt="Duplicate events")


def _draw_left_out(view: View | None, project: Project | None) -> None:
    of_file = view.contents.left_out_properties.most_common() if view else []
    found = [(each.left_out, each.count) for each in open_store().left_out(project.id)] if project else of_file
    left_out_properties.draw_section(found, data_quality.EVER if project else data_quality.OF_FILE)


def _draw_unread(view: View | None, project: Project | None) -> None:
    found = [(each.unread, each.count) for each in open_store().unread(project.id)] if project else []
    if view and not view.live:
        found = sorted(view.contents.unread.items(), key=lambda each: (-each[1], each[0]))
    if found:
        st.subheader("Payloads of other systems that we did not understand")
        st.caption(data_quality.EVER if project else data_quality.OF_FILE)
        st.markdown(data_quality.NOT_UNDERSTOOD)
        not_understood.draw(found)


def _draw_never_seen(view: View) -> None:
    missing = view.ask(list_never_seen)
    if missing:
        st.subheader("Event types that never came")
        st.caption(_describe_scope(view))
        frame = pd.DataFrame({
            "Event": missing,
            "Reports affected": [", ".join(health.REPORTS_BY_EVENT[name]) for name in missing],
        })  # fmt: skip
        st.table(frame, hide_index=True, border="horizontal")


def _draw_origins(view: View) -> None:
    st.subheader("Where agent, mode and country come from")
    found = view.ask(health.count_origins)
    events = int(found["mode"].sum())
    st.caption(f"{data_quality.FILTERED}: {display.with_noun(events, 'event')}.")
    labels = {"agent": "Agent", "mode": "Handled by", "country": "Country"}
    frame = pd.DataFrame({"Source": [_ORIGINS[origin] for origin in _ORIGINS]})
    for name, label in labels.items():
        frame[label] = found[name].reindex(list(_ORIGINS)).to_numpy() / max(1, events)
    tables.draw(frame, dict.fromkeys(labels.values(), display.share), alt="Where attributed values come from")


def _describe_scope(view: View) -> str:
    """Return what a section counts if no filter narrows it: all stored events, or all events of the file."""
    return data_quality.EVER if view.live else data_quality.OF_FILE
