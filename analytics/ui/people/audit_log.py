"""The page *Audit log*: who did what, when and from where, with search and download."""

from datetime import UTC, datetime, time

import pandas as pd
import streamlit as st

from analytics.access.actions import Action
from analytics.access.rights import rights
from analytics.store.audit import Entry, Wanted, What, list_entries
from analytics.store.event_store import open_store
from analytics.store.people import People
from analytics.ui.browser.session import Key
from analytics.ui.data.live import projects
from analytics.ui.data.permissions import guarded
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements.opening import setup_title
from analytics.ui.menu import AUDIT
from analytics.words.escape import for_markdown

_MOST = 5_000


def draw_page() -> None:
    """Draw the page."""
    setup_title(AUDIT)
    st.markdown("Sign-ins, roles, connections, settings, imports, downloads, and phones that were seen in full.")
    with catch_store_errors():
        found = _read()
        if found.empty:
            st.markdown("Nothing of that kind was noted.")
            return
        st.dataframe(found, hide_index=True, width="stretch")
        if len(found) == _MOST:
            st.caption(f"The latest {_MOST:,}; `analytics audit` shows more.")
        write = guarded(lambda: found.to_csv(index=False).encode(), "audit", rows=len(found))
        st.download_button("Download", write, "audit.csv", "text/csv", on_click="ignore", icon=":material/download:")


def _read() -> pd.DataFrame:
    """Return the entries that are asked for, of the projects of which whoever looks is admin, the newest first."""
    kinds, who, days = st.columns(3)
    what = kinds.multiselect("What", [each.value for each in What], key=Key.AUDIT_WHAT, placeholder="Everything")
    emails = {person.id: person.email for person in People(open_store().database).all()}
    person = who.selectbox(
        "Who", list(emails), index=None, format_func=emails.__getitem__, key=Key.AUDIT_WHO, placeholder="Everybody"
    )
    since = days.date_input("Since", value=None, key=Key.AUDIT_SINCE)
    mine = [each for each in projects() if rights().may(Action.READ_AUDIT, each.id)]
    wanted = Wanted(
        since=datetime.combine(since, time(), UTC) if since else None,
        what=tuple(what),
        who=person,
        projects=tuple(each.id for each in mine) if rights().signed_in else None,
        most=_MOST,
    )
    names = {each.id: each.name for each in mine}
    rows = [_describe(entry, emails, names) for entry in list_entries(open_store().database, wanted)]
    return pd.DataFrame(rows, columns=["Time (UTC)", "What", "Who", "From", "Project", "Details"])


def _describe(entry: Entry, emails: dict[str, str], names: dict[int, str]) -> list[str]:
    told = {name: emails.get(value, value) if name == "person" else value for name, value in entry.details.items()}
    details = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in told.items())
    project = "" if entry.project is None else names.get(entry.project, str(entry.project))
    at = f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return [at, entry.what, emails.get(entry.who, entry.who), entry.from_where, for_markdown(project), details]
