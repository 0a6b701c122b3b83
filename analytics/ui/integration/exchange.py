"""An exchange: a request to a collector, and what it answered, as people see it."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics.sending.answer import Answer
from analytics.sending.commands import as_curl, as_python, indent_json
from analytics.sending.trouble import Failure
from analytics.ui.integration.connection import Connection
from analytics.words import display, integration_tabs
from analytics.words.escape import for_markdown


@dataclass(frozen=True)
class Exchange:
    """What was posted where, and the answer."""

    url: str
    body: bytes
    dry_run: bool
    answer: Answer


def post(connection: Connection, body: bytes, *, dry_run: bool) -> Exchange:
    """Post a body as it is."""
    with st.spinner("Checking" if dry_run else "Sending"), connection.client() as client:
        return Exchange(connection.shown, body, dry_run, client.post(body, dry_run=dry_run))


def draw(exchange: Exchange) -> None:
    """Draw the result of a request, and the request to be copied."""
    answer = exchange.answer
    if answer.failure:
        draw_failure(answer.failure)
    else:
        _draw_counts(exchange)
    if answer.errors:
        _draw_errors(answer)
    for warning in answer.warnings:
        st.warning(for_markdown(warning), icon=":material/info:")
    if answer.body:
        with st.expander(f"The answer ({answer.status})", icon=":material/output:"):
            st.code(indent_json(answer.body), language="json", wrap_lines=True)
    draw_request(exchange.url, exchange.body, dry_run=exchange.dry_run)


def draw_failure(failure: Failure) -> None:
    """Draw why no event was taken, and what to do."""
    st.error(f"**{for_markdown(failure.what)}** {for_markdown(failure.next_step)}", icon=":material/error:")


def draw_request(url: str, body: bytes, *, dry_run: bool = False) -> None:
    """Draw a request to be copied."""
    with st.expander("The request, for curl and Python", icon=":material/terminal:"):
        st.caption(integration_tabs.KEEP_THE_KEY)
        st.code(as_curl(url, body, dry_run=dry_run), language="bash", wrap_lines=True)
        st.code(as_python(url, body, dry_run=dry_run), language="python", wrap_lines=True)


def _draw_counts(exchange: Exchange) -> None:
    answer = exchange.answer
    counts = (
        f"{display.count(answer.accepted)} accepted, {display.with_noun(answer.duplicates, 'duplicate')}, "
        f"{display.count(answer.rejected)} rejected"
    )
    what = "Checked, but not stored" if exchange.dry_run else "Sent"
    text = f"**{what}:** {counts} · answered in {format_milliseconds(answer.seconds)}"
    if answer.rejected:
        st.warning(text, icon=":material/rule:")
    else:
        st.success(text, icon=":material/check_circle:")


def format_milliseconds(seconds: float) -> str:
    """Return how long an answer took."""
    return f"{1000 * seconds:,.0f} ms"


def _draw_errors(answer: Answer) -> None:
    frame = pd.DataFrame(
        [
            {
                "Event": for_markdown(f"{error.index + 1}. {error.event or 'unknown'}"),
                "Field": for_markdown(error.field or "the whole event"),
                "What is wrong": for_markdown(error.message),
            }
            for error in answer.errors
        ]
    )
    st.table(frame, hide_index=True, border="horizontal")
