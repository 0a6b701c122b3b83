"""Views are shared while somebody asks for them, and gone soon after."""

import gc
import weakref

import pytest

from analytics.events.validate import Validation
from analytics.facts.facts import build_facts
from analytics.live.dataset import Dataset
from analytics.metrics.filters import Filter
from analytics.metrics.terms import Terms
from analytics.ui.data import view as module
from analytics.ui.data.view import Views
from tests.events_of import frame_of, received


def dataset(number=1, *, live=True):
    frame = frame_of([received("06:30")])
    return Dataset(f"project {number}", "shop", Validation(frame, []), build_facts(frame), live=live)


def ask(views, data, country="KE"):
    return views.of(data, Filter(countries=(country,)), None, None, Terms())


@pytest.fixture
def views(monkeypatch):
    monkeypatch.setattr(module, "_UNUSED_SECONDS", -1)  # at once
    return Views()


def test_who_asks_the_same_gets_the_same_view(views):
    data = dataset()
    assert ask(views, data) is ask(views, data)
    assert ask(views, data) is not ask(views, data, "UG")


def test_what_nobody_asks_for_is_gone_and_what_somebody_shows_stays(views):
    data = dataset()
    shown, left = ask(views, data), weakref.ref(ask(views, data, "UG"))
    views.forget(lambda _: True)
    gc.collect()
    assert left() is None
    assert ask(views, data) is shown


def test_views_of_events_that_are_not_the_latest_are_gone(monkeypatch, views):
    monkeypatch.setattr(module, "_UNUSED_SECONDS", 1_000)
    old, new = dataset(), dataset(2)
    left = [weakref.ref(ask(views, old)), weakref.ref(ask(views, new))]
    gc.collect()
    assert left[0]() is None, "the later ones make room"
    views.forget(lambda _: False)
    gc.collect()
    assert left[1]() is None


def test_no_more_views_are_kept_than_some(monkeypatch, views):
    monkeypatch.setattr(module, "_KEPT", 2)
    data = dataset(live=False)
    left = [weakref.ref(ask(views, data, country)) for country in ("KE", "UG", "TZ")]
    gc.collect()
    assert [view() is None for view in left] == [True, False, False]
