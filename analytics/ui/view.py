"""The view: the data that is looked at, through the filters of the sidebar, and what it is compared with."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast

import pandas as pd
import streamlit as st

from analytics.metrics.comparison import Comparison, compared
from analytics.metrics.filters import Filter, Selection
from analytics.metrics.metric import Result
from analytics.metrics.report import compute
from analytics.ui.datasets import Dataset

_STATE = "view"


@dataclass(frozen=True)
class View:
    """What a page shows."""

    dataset: Dataset
    selection: Selection
    comparison: Comparison | None
    previous: Selection | None

    @property
    def filter(self) -> Filter:
        """The filter that the data pass."""
        return self.selection.filter

    @property
    def data_up_to(self) -> datetime:
        """The newest event's time, in the filter's time zone."""
        newest = pd.to_datetime(self.dataset.facts.newest or 0, unit="us", utc=True)
        return newest.tz_convert(self.filter.timezone).to_pydatetime()

    @cached_property
    def numbers(self) -> dict[str, Result]:
        """The ten metrics."""
        return compute(self.selection)

    @cached_property
    def previous_numbers(self) -> dict[str, Result] | None:
        """The ten metrics of the compared period, None without one."""
        return compute(self.previous) if self.previous else None


@st.cache_resource(max_entries=16, show_spinner=False)
def view_of(_dataset: Dataset, token: str, chosen: Filter, comparison: Comparison | None) -> View:  # noqa: ARG001
    """Return the view of a dataset, known by its token, through a filter; the same one for the same question."""
    selection = Selection(_dataset.facts, chosen)
    return View(_dataset, selection, comparison, compared(selection, comparison) if comparison else None)


def show(view: View | None) -> None:
    """Make a view the one that pages show in this run."""
    st.session_state[_STATE] = view


def current_view() -> View | None:
    """Return the view to show, None while there is no data."""
    return cast("View | None", cast("Any", st.session_state).get(_STATE))
