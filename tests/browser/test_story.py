"""The story of a conversation fits into a narrow window, whatever its events say."""

import pytest

from analytics.metrics.case import build_story, find_waits_in
from analytics.ui.conversations import story_html
from tests.events_of import handoff, received, selection_of, sent


@pytest.mark.parametrize("step", ["confirm the address " * 5, "x" * 10_000], ids=["words", "one word"])
def test_long_names_wrap_anywhere(browser, step):
    events = [received("06:00"), handoff("07:00", step=step, reason=step), sent("07:31", template=step)]
    selection = selection_of(*events, as_of="09:00")
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.set_content(story_html.build_html(build_story(selection, 0), find_waits_in(selection, 0), "UTC"))
    assert page.evaluate("document.scrollingElement.scrollWidth") == 390
    page.close()
