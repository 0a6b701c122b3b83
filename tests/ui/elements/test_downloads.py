"""A download says what its numbers are of, and is called so."""

from datetime import date

import streamlit as st

from analytics.events.validate import Validation
from analytics.facts.rules import Rules
from analytics.live.dataset import Dataset
from analytics.metrics.filters import Filter
from analytics.metrics.terms import Terms
from analytics.ui.data.view import View
from analytics.ui.elements.downloads import describe_view, slug
from tests.events_of import frame_of, received, sent


def view_of(chosen, comparison=None):
    found = Validation(frame_of([received("06:30"), sent("06:31")]), [])
    dataset = Dataset.of_file("token", "march.csv", found).under(Rules(start_mode="bot"))
    return View(dataset, chosen, comparison, None, Terms())


def test_each_filter_is_told_with_the_period_the_zone_and_the_data():
    chosen = Filter(
        date(2026, 1, 19), date(2026, 1, 20), "Africa/Nairobi", ("a1",), ("KE",), ("bot",),
        weekdays=(0, 1), hours=(9, 10), templates=("promo",),
    )  # fmt: skip
    assert describe_view(view_of(chosen, "previous")) == [
        ("Data", "march.csv"),
        ("Data up to", "2026-01-20 09:31 EAT"),
        ("Period", "19–20 Jan 2026"),
        ("Time zone", "Africa/Nairobi"),
        ("Country", "Kenya"),
        ("Agent", "a1"),
        ("Handled by", "Bot (self-serve)"),
        ("Weekday", "Mondays and Tuesdays"),
        ("Hours", "09:00–10:59"),
        ("Template", "promo"),
        ("Test events", "Left out"),
        ("Start mode", "The bot answers first, as set in Settings."),
        ("Target", "answered within 15 min"),
    ]  # and compared with nothing, as the data begin later


def test_what_a_single_page_shows_is_told(monkeypatch):
    monkeypatch.setattr(st, "query_params", {"kind": "late", "wait": "person", "tz": "UTC"})
    told = describe_view(view_of(Filter()))
    assert ("Wait for a", "Person") in told
    assert ("Conversations", "Late") in told


def test_without_filters_all_is_said_to_be_in_it():
    assert ("Period", "All") in describe_view(view_of(Filter()))


def test_a_file_is_called_by_words_that_every_system_takes():
    assert slug("Share answered within 15 min by day, beside the target of 80 %") == (
        "share-answered-within-15-min-by-day-beside-the-target-of-80"
    )
