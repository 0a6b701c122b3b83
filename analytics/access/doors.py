"""How the app is opened: what stands before Streamlit, by how people come in."""

from collections.abc import Callable
from datetime import timedelta

import streamlit as st
from starlette.middleware import Middleware
from streamlit.auth_util import get_secrets_auth_section

from analytics.access import rights
from analytics.access.arriving import log_failures_in_one_line
from analytics.access.entrance import Entrance, read_entrance
from analytics.access.gate import Gate
from analytics.access.standing import Standing
from analytics.server.middleware import Passing, middleware, refuse_start
from analytics.settings import Settings
from analytics.store.event_store import EventStore


def find_entrance(limits: Settings) -> Entrance:
    """Return how people come in, by the settings and the secrets.

    Raises:
        SettingsError: where they cannot be used.
    """
    auth = get_secrets_auth_section()
    return read_entrance(auth.to_dict() if auth else None, limits)


def refuse_to_open(entrance: Entrance) -> str | None:
    """Return why the app may not be served where Streamlit was told to, in a sentence; None if it may."""
    return None if entrance.is_open else refuse_start()


def open_doors(entrance: Entrance, store: Callable[[], EventStore], limits: Settings) -> list[Middleware]:
    """Return the middleware before all routes, and know from now on who looks at pages."""
    rights.know_actors()
    if entrance.sign_in is None:
        rights.open_to_look() if entrance.anyone_may_look else rights.open_to_whoever_is_here()
        return middleware(Passing(outside=entrance.is_open, trusts=entrance.trusts, hosts=_own_names()))
    longest, idle = timedelta(hours=limits.session_hours), timedelta(minutes=limits.idle_minutes)
    standing = Standing(store, longest, idle)
    rights.open_to_people(standing)
    log_failures_in_one_line()
    passing = Passing(
        outside=True, trusts=entrance.trusts, hosts=[entrance.sign_in.host], origins=[entrance.sign_in.origin]
    )
    return middleware(passing, Middleware(Gate, sign_in=entrance.sign_in, standing=standing))


def _own_names() -> list[str]:
    return [name for name in [st.get_option("browser.serverAddress")] if name]
