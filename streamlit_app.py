"""The app: `streamlit run streamlit_app.py`, or `analytics app`, serves dashboard and collector on one port."""

import contextlib
import gc
import sys
from collections.abc import AsyncIterator

import click
import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp

from analytics.access.doors import find_entrance, open_doors, refuse_to_open
from analytics.asking.answering import answer_commands, stop_answering
from analytics.collector.collector import Collector, first_key_hint, running
from analytics.collector.log_lines import write_logs
from analytics.collector.observe import Beside
from analytics.live.followers import followers
from analytics.server.middleware import MAIN_SCRIPT, MountedApp, routes
from analytics.server.protocol import limit_servers
from analytics.server.sessions import closing_left_sessions, count_sessions
from analytics.settings import SettingsError, settings
from analytics.store.database import StoreError
from analytics.store.event_store import open_store
from analytics.store.private_files import write_privately
from analytics.ui.data.view import views

try:
    entrance = find_entrance(settings())
    refusal = refuse_to_open(entrance)
except SettingsError as error:
    refusal = str(error)
if refusal:
    click.echo(f"Error: {refusal}", err=True)
    sys.exit(2)


def measure_dashboard() -> dict[str, float]:
    """Return the dashboard's gauges."""
    lag = followers().lag_seconds()
    return {"dashboard_sessions": count_sessions(), **({} if lag is None else {"dashboard_lag_seconds": lag})}


write_privately()
answer_commands()
try:
    collector = Collector(open_store, settings(), Beside(followers().warnings, measure_dashboard))
    say = first_key_hint(open_store())
except SettingsError as error:
    sys.exit(f"Error: {error}")
except StoreError as error:
    say = str(error)
write_logs(settings().log_level)
limit_servers()
if say:
    click.echo(say, err=True)


@contextlib.asynccontextmanager
async def serving(_: st.App) -> AsyncIterator[None]:
    """Run what the app needs beside its pages, for as long as it is served."""
    async with running(collector), closing_left_sessions(lambda: views().forget(followers().have_as_latest)):
        yield
    await run_in_threadpool(stop_answering)  # a signal ends the process right after it


# The collector stands before all that Streamlit does with a request, which would take as long as its answer.
app: ASGIApp = st.App(
    MAIN_SCRIPT, routes=routes(), lifespan=serving, middleware=open_doors(entrance, open_store, settings())
)
app = MountedApp(app, path="/v1", served=collector)

# All garbage is collected now and then: what stays for ever need not be looked at each time.
gc.collect()
gc.freeze()
