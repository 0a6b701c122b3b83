"""Two people? The customers whom links may have joined by mistake, as Data health shows them."""

import pandas as pd
import streamlit as st

from analytics.metrics.tally import Page
from analytics.metrics.two_people import MOST_IDS, list_two_people
from analytics.ui.data.preferences import show_customer
from analytics.ui.data.view import View
from analytics.ui.elements import tables
from analytics.words import data_quality, display

_MOST_SHOWN = 50


def draw_section(view: View) -> None:
    """Draw the customers who may be two people; nothing where nobody is."""
    found = view.ask(list_two_people, Page(0, _MOST_SHOWN))
    if not found.count:
        return
    st.subheader("These may be two people")
    st.caption(data_quality.EVER)
    st.markdown(data_quality.TWO_PEOPLE)
    shown = found.frame
    frame = pd.DataFrame({
        "Customer": [show_customer(known) for known in shown["user"]],
        "Known by": [display.with_noun(count, "ID") for count in shown["ids"].tolist()],
        "Why": [_describe(*why) for why in shown[["ids", "both_wrote"]].itertuples(index=False)],
    })  # fmt: skip
    tables.draw(frame, alt="Customers who may be two people")
    if found.count > len(shown):
        st.caption(f"There are {display.with_noun(found.count - len(shown), 'other')}.")


def _describe(ids: int, both_wrote: object) -> str:
    many = f"more than {MOST_IDS} IDs" if ids > MOST_IDS else ""
    return " and ".join(filter(None, ["two phones wrote within 24 h" if both_wrote else "", many]))
