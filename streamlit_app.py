"""The app: `streamlit run streamlit_app.py` serves the dashboard and the collector on one port of this machine."""

import sys

import click
import streamlit as st
from starlette.middleware import Middleware

from analytics.collector.app import Collector, first_key_hint, running
from analytics.collector.log_lines import write_logs
from analytics.settings import SettingsError, settings
from analytics.store.database import StoreError
from analytics.store.event_store import open_store
from analytics.ui.server import MAIN_SCRIPT, Mounted, middleware, routes

try:
    collector = Collector(open_store, settings())
    say = first_key_hint(open_store())
except SettingsError as error:
    sys.exit(f"Error: {error}")
except StoreError as error:
    say = str(error)
write_logs()
if say:
    click.echo(say, err=True)

app = st.App(
    MAIN_SCRIPT,
    routes=routes(),
    lifespan=lambda _: running(collector),
    middleware=[*middleware(), Middleware(Mounted, path="/v1", served=collector)],
)
