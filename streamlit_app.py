"""The app: `streamlit run streamlit_app.py` serves the dashboard and the collector on one port of this machine."""

import streamlit as st
from starlette.routing import Mount

from analytics.collector.app import Collector, collector_app, running
from analytics.settings import settings
from analytics.store.event_store import open_store
from analytics.ui.server import MAIN_SCRIPT, middleware, routes

collector = Collector(open_store, settings())
app = st.App(
    MAIN_SCRIPT,
    routes=[*routes(), Mount("/v1", app=collector_app(collector))],
    lifespan=lambda _: running(collector),
    middleware=middleware(),
)
