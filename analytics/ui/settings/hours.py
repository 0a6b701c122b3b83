"""Settings: the opening hours."""

from datetime import time
from typing import Any

import pandas as pd
import streamlit as st

from analytics.metrics.filters import WEEKDAY
from analytics.store.preferences import Hours, Opening, Preferences
from analytics.ui.browser.session import Key
from analytics.ui.filters.looked_at import current_time_zone
from analytics.ui.filters.parameters import zones
from analytics.ui.settings.part import draw_part, draw_save_button
from analytics.words import settings_help

ALWAYS, BY_DAY = "Always open", "Opening hours"
_OPENS, _CLOSES = time(8), time(17)
_WORKDAYS = 5


def draw(chosen: Preferences) -> None:
    """Draw the opening hours: always, or by weekday."""
    with draw_part("opening", "Opening hours", settings_help.SHOWN_HOURS) as saved:
        how = st.segmented_control(
            "When are customers answered?",
            [ALWAYS, BY_DAY],
            default=BY_DAY if chosen.opening else ALWAYS,
            key="set_opening",
            required=True,
            label_visibility="collapsed",
        )
        if how == ALWAYS:
            draw_save_button("opening", lambda: {"opening": None}, settings_help.ALL_HOURS_COUNT)
            return
        _draw_fill()
        frame = _draw_week(chosen.opening)
        zone = st.selectbox(
            "Time zone of these hours",
            zones(),
            zones().index(chosen.opening.timezone if chosen.opening else current_time_zone()),
            key="set_opening_zone",
        )
        draw_save_button("opening", lambda: {"opening": opening_of(frame, zone)}, saved)


def _draw_fill() -> None:
    """Draw the controls that fill in Monday to Friday at once."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        opens = st.time_input("Monday to Friday from", _OPENS, key="set_opens", step=900, width=180)
        closes = st.time_input("to", _CLOSES, key="set_closes", step=900, width=180)
        if st.button("Fill in", key="fill_opening", icon=":material/keyboard_double_arrow_down:"):
            workday = Hours(opens=opens, closes=closes)
            filled = (workday,) * _WORKDAYS + (None,) * (len(WEEKDAY.names) - _WORKDAYS)
            st.session_state[Key.OPENING_HOURS] = filled, st.session_state.get(Key.OPENING_HOURS, (None, 0))[1] + 1


def _draw_week(opening: Opening | None) -> pd.DataFrame:
    """Draw the days with their hours, to be edited, and return them."""
    filled, times = st.session_state.get(Key.OPENING_HOURS, (None, 0))
    usual = (Hours(opens=_OPENS, closes=_CLOSES),) * _WORKDAYS + (None, None)
    days = filled or (opening.days if opening else usual)
    edited: pd.DataFrame = st.data_editor(
        frame_of(days),
        key=f"set_days {times}",
        hide_index=True,
        disabled=["Day"],
        width="content",
        column_config={
            "Open": st.column_config.CheckboxColumn(),
            "From": st.column_config.TimeColumn(format="HH:mm", step=60),
            "To": st.column_config.TimeColumn(format="HH:mm", step=60, help=settings_help.CLOSING_TIME),
        },
    )
    return edited


def frame_of(days: tuple[Hours | None, ...]) -> pd.DataFrame:
    """Return the days as a frame: `Day`, `Open` (bool), `From` and `To` (times, on a closed day the usual ones)."""
    hours = [day or Hours(opens=_OPENS, closes=_CLOSES) for day in days]
    return pd.DataFrame(
        {
            "Day": WEEKDAY.names,
            "Open": [day is not None for day in days],
            "From": [day.opens for day in hours],
            "To": [day.closes for day in hours],
        }
    )


def opening_of(frame: pd.DataFrame, zone: str) -> Opening:
    """Return the opening hours of a frame.

    Raises:
        ValueError: where an open day lacks a time, or no day is open.
    """
    days = zip(frame["Day"], frame["Open"], frame["From"], frame["To"], strict=True)
    hours = tuple(_hours(day, opens, closes) if is_open else None for day, is_open, opens, closes in days)
    return Opening(days=hours, timezone=zone)


def _hours(day: str, opens: Any, closes: Any) -> Hours:
    if not (isinstance(opens, time) and isinstance(closes, time)):
        raise ValueError(settings_help.not_open_or_closed(day))  # noqa: TRY004  # people read it
    return Hours(opens=opens, closes=closes)
