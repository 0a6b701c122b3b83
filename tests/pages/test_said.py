"""What came of what somebody did is said until they go on, however often new data draw the page again."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.live.followers import followers
from tests.events_of import event, ndjson, received

ROOT = Path(__file__).parents[2]
LOCAL = received("06:40", "local", user="0712 345 678")


@pytest.fixture
def bring(store):
    """A function that stores events of the shop, and waits until those that look see them."""
    shop = store.create_project("shop")

    def bring(*events):
        store.add_import(shop.id, validate([RawLines.from_text(ndjson(events))]), file="events.ndjson", digest="")
        live, stored = followers().of(store, shop), messages(store.events(shop.id))
        until = time.monotonic() + 20
        while messages(live.look()) != stored:
            assert time.monotonic() < until
            time.sleep(0.05)

    return bring


def messages(of):
    return set(of.events["message_id"])


def opened(page):
    app = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
    return go(app.run(), page)


def go(app, page):
    app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    assert not app.exception
    return app


def press(app, label, place=0):
    [button for button in app.button if button.label == label][place].click().run()
    assert not app.exception
    return app


def tried_again():
    app = press(opened("data_health"), "Try again")
    return press(app, "Try again", 1)


def deleted():
    return press(press(opened("integration"), "Make a key for this test"), "Delete all test events")


def key_made():
    return press(opened("integration"), "Make a key for this test")


def saved():
    return press(opened("settings"), "Save")


CASES = [
    (tried_again, "We checked them again: 0 stored, 0 already known, 1 still cannot be used."),
    (deleted, "1 test event deleted from the project shop."),
    (key_made, "put it into the field"),
    (saved, "Saved."),
]


def is_said(app, words):
    return any(words in text.value for text in (*app.success, *app.info))


@pytest.mark.parametrize(("act", "words"), CASES)
def test_new_data_draw_the_page_again_and_leave_the_words_which_go_with_the_next_that_is_done(bring, act, words):
    bring(received("06:30"), event("message.read", "06:31", message_id="m", test=True), LOCAL)
    app = act()
    for number in range(2):
        bring(received("07:00", f"new {number}"))
        app.run()
        assert is_said(app, words)
    app.run()
    assert not is_said(app, words)


def test_the_words_go_when_the_page_is_left_whatever_comes_meanwhile(bring):
    bring(received("06:30"))
    app = saved()
    go(app, "connections")
    bring(received("07:00", "new"))
    assert not is_said(go(app, "settings"), "Saved.")


def test_the_words_can_be_closed(bring):
    bring(received("06:30"))
    app = saved()
    assert is_said(app, "Saved.")
    assert not is_said(press(app, "Close"), "Saved.")
