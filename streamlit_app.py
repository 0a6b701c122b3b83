"""The app: `streamlit run streamlit_app.py` serves the dashboard on one port of this machine."""

import streamlit as st

from analytics.ui.server import MAIN_SCRIPT, middleware, routes

app = st.App(MAIN_SCRIPT, routes=routes(), middleware=middleware())
