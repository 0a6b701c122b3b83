"""The main script, with which every run of every page begins: the pages, the data and the filters."""

from contextlib import nullcontext

import streamlit as st

from analytics.access.actions import Action
from analytics.server.turns import take_turn
from analytics.ui import saved_views
from analytics.ui.browser import address, brand, dialogs, script
from analytics.ui.data.live import note_page_drawn
from analytics.ui.data.permissions import may
from analytics.ui.data.store_errors import catch_store_errors, draw_out_of_reach, keep_quiet, show_warnings
from analytics.ui.data.view import set_current_view
from analytics.ui.filters.looked_at import current_address, current_data
from analytics.ui.filters.parameters import LOOKED_AT
from analytics.ui.filters.widgets import draw_filters
from analytics.ui.menu import draw, make_menu, page_at, sets_up, with_old_addresses
from analytics.ui.people import signed_in

st.set_page_config(page_title=brand.NAME, page_icon="💬", layout="wide", initial_sidebar_state=340)
brand.draw()
dialogs.note_none_open()
build_menu = make_menu()
page = st.navigation(with_old_addresses(build_menu), position="hidden")
dataset, named = None, False
with catch_store_errors(draw_out_of_reach):
    dataset, named = current_data(page)
with catch_store_errors(keep_quiet):
    show_warnings()
saved_views.open_first(page)
with nullcontext() if sets_up(page.url_path) else take_turn():
    with st.sidebar:
        links = st.container(gap="small")
        set_current_view(draw_filters(dataset) if dataset else None)
        if dataset:
            saved_views.draw_offer(page, may_change=may(Action.SAVE_VIEWS))
        signed_in.draw()
    with links:
        draw(build_menu, current_address(), may)
        script.draw()
        saved_views.draw_links(may_change=may(Action.SAVE_VIEWS))
    if named and not dataset:
        st.info(
            "The data of this link are no longer here. Drop the file again under Import.",
            icon=":material/info:",
        )
    try:
        with address.telling_the_browser(LOOKED_AT):
            if signed_in.let_see(page_at(page.url_path)):
                page.run()
    finally:
        note_page_drawn()
