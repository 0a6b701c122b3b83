"""The main script: what every run of every page begins with — the data, the pages, the filters."""

import streamlit as st

from analytics.ui.pages import navigation
from analytics.ui.sidebar import chosen_data, filters
from analytics.ui.view import show

st.set_page_config(page_title="WhatsApp Analytics", page_icon="💬", layout="wide")
dataset, named = chosen_data()
page = navigation()
with st.sidebar:
    show(filters(dataset) if dataset else None)
if named and not dataset:
    st.info(
        "The data of this link are not here any more: drop the file again under Import.",
        icon=":material/info:",
    )
page.run()
