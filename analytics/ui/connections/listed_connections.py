"""The list of connections: what each has brought, and the ways to revoke one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import pandas as pd
import streamlit as st

from analytics.store.event_store import open_store
from analytics.store.write_keys import WriteKey
from analytics.ui.data.store_errors import catch_store_errors, keep_quiet
from analytics.ui.elements import notices
from analytics.words import connecting, display
from analytics.words.connection_steps import STEPS
from analytics.words.escape import for_markdown

_REVOKED = "connections_revoked"
_EVERY_SECONDS = 3.0


def draw(known: Sequence[WriteKey]) -> None:
    """Draw the list; while one waits for its first event, the page is drawn again once that is there."""
    notices.draw(_REVOKED)
    usable = [key for key in known if key.revoked_at is None]
    revoked = [key for key in known if key.revoked_at]
    if usable:
        st.subheader("Connections in use")
        for key in usable:
            _draw_usable(key)
    elif known:
        st.info(connecting.ALL_REVOKED)
    else:
        st.info(connecting.NONE_YET)
    if revoked:
        with st.expander(f"Revoked connections ({len(revoked)})"):
            _draw_revoked(revoked)
    if any(not key.first_event_at for key in usable):
        _redraw_when_changed(_list_states(known))


@st.fragment(run_every=_EVERY_SECONDS)
def _redraw_when_changed(shown: list[tuple[object, ...]]) -> None:
    with catch_store_errors(keep_quiet):
        if _list_states(open_store().keys.all()) != shown:
            st.rerun()


def _list_states(known: Sequence[WriteKey]) -> list[tuple[object, ...]]:
    return [(key.id, key.verified_at, key.first_event_at, key.revoked_at) for key in known]


def _draw_usable(key: WriteKey) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"key_{key.id}"):
        st.markdown(
            f"**{for_markdown(key.name)}** · {_describe_kind(key)} · project {for_markdown(key.project_name)}  \n"
            f"{_describe_state(key)}  \n"
            f":small[{key.id} · made {_format_day(key.created_at)} · {_describe_last_use(key)}]",
            width="stretch",
        )
        if key.system in STEPS:
            with st.popover("Secret", icon=":material/password:"):
                _draw_secret(key)
        with st.popover("Revoke", icon=":material/block:"):
            st.markdown(connecting.confirm_revoking(for_markdown(key.name)))
            st.button("Revoke connection", type="primary", key=f"revoke_{key.id}", on_click=_revoke, args=(key.id,))


def _draw_secret(key: WriteKey) -> None:
    """Draw the field for another secret; that which is kept is never shown."""
    found = STEPS[key.system or ""]
    field = f"secret_{key.id}"
    st.markdown(found.secret)
    st.text_input("Secret", type="password", key=field, autocomplete="off")
    st.button("Use this secret", key=f"use_{key.id}", on_click=_change_secret, args=(key, field))


def _change_secret(key: WriteKey, field: str) -> None:
    secret = st.session_state.pop(field, "").strip()
    if not secret and STEPS[key.system or ""].secret_is_needed:
        notices.say(_REVOKED, "error", connecting.UNSIGNED)
        return
    with catch_store_errors(notices.say_store_error(_REVOKED)):
        open_store().webhooks.change_secret(key.id, secret)
        done = "uses the new secret" if secret else "has no secret. Only its address is secret"
        notices.say(_REVOKED, "success", f"“{for_markdown(key.name)}” {done} from now on.")


def _revoke(key_id: str) -> None:
    with catch_store_errors(notices.say_store_error(_REVOKED)):
        open_store().keys.revoke(key_id)


def _describe_kind(key: WriteKey) -> str:
    if key.system is None:
        return "your own program"
    return STEPS[key.system].title if key.system in STEPS else for_markdown(key.system)


def _describe_state(key: WriteKey) -> str:
    if key.first_event_at:
        return _line("green", "check_circle", f"First event received on {key.first_event_at:%-d %b %Y, %H:%M} UTC")
    if key.system in STEPS and STEPS[key.system].verifies and not key.verified_at:
        return _line("gray", "hourglass_empty", "Meta has not verified the address yet")
    verified = "The address is verified, but no event" if key.verified_at else "No event"
    return _line("gray", "hourglass_empty", f"{verified} has come yet")


def _line(colour: Literal["green", "gray"], icon: str, text: str) -> str:
    return f":{colour}[:material/{icon}:] {text}"


def _draw_revoked(keys: Sequence[WriteKey]) -> None:
    st.table(
        pd.DataFrame(
            [
                {
                    "Name": for_markdown(key.name),
                    "From": _describe_kind(key),
                    "Project": for_markdown(key.project_name),
                    "Made": _format_day(key.created_at),
                    "Last used": _format_day(key.last_used_at),
                    "Revoked": _format_day(key.revoked_at),
                }
                for key in keys
            ]
        ),
        hide_index=True,
        border="horizontal",
    )


def _format_day(instant: datetime | None) -> str:
    return f"{instant:%-d %b %Y}" if instant else "never"


def _describe_last_use(key: WriteKey) -> str:
    if key.last_used_at is None:
        return "never used"
    seconds = (datetime.now(UTC) - key.last_used_at).total_seconds()
    return "used in the last minutes" if seconds < 120 else f"used {display.duration(seconds)} ago"
