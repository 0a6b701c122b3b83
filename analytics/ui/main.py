"""The main script: what every run of every page begins with — the data, the pages, the filters."""

import streamlit as st

from analytics.ui import saved_views
from analytics.ui.browser import address, brand, dialogs, script
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.data.view import show
from analytics.ui.filters.looked_at import chosen_data, here
from analytics.ui.filters.parameters import LOOKED_AT
from analytics.ui.filters.widgets import filters
from analytics.ui.menu import draw, make_menu

st.set_page_config(page_title=brand.NAME, page_icon="💬", layout="wide", initial_sidebar_state=340)
brand.draw()
dialogs.none_open()
menu = make_menu()
page = st.navigation(menu, position="hidden")
dataset, named = None, False
with catch_store_errors():
    dataset, named = chosen_data(page)
saved_views.open_first(page)
with st.sidebar:
    links = st.container(gap="small")
    show(filters(dataset) if dataset else None)
    if dataset:
        saved_views.offer(page)
with links:
    draw(menu, here())
    script.draw()
    saved_views.links()
if named and not dataset:
    st.info(
        "The data of this link are not here any more: drop the file again under Import.",
        icon=":material/info:",
    )
with address.heard(LOOKED_AT):
    page.run()
