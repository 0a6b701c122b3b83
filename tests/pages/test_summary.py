"""The summary: one sheet that says what the reports say, and nothing of a single customer."""

import html
import io
import json
import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

from analytics.ui.data.datasets import SAMPLE, load
from tests.events_of import contact, delivered, handoff, read, received, sent

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "analytics" / "ui" / "main.py"
EVENTS = [
    contact("06:30", name="Jane"),
    received("06:30"),
    sent("06:31", "a", agent="<b>Tom</b> & *Co*"),
    delivered("06:32", "a"),
    read("06:33", "a"),
    handoff("07:00", agent="ann", reason="<i>fraud</i> *now*"),
]


def opened(page, **parameters):
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    if page != "overview":
        app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    assert not app.exception
    return app


def sheet_of(app):
    (sheet,) = (part.proto.body for part in app.get("html") if 'class="sheet"' in part.proto.body)
    return sheet


def texts(sheet, tag):
    """What stands in the elements of a kind, without marks."""
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", sheet)
    return [html.unescape(re.sub("<[^>]*>", "", text)) for text in found]


def test_the_sheet_says_what_the_overview_says():
    chosen = {"data": SAMPLE, "period": "Last 30 days", "compare": "Period before", "tz": "Africa/Nairobi"}
    overview, sheet = opened("overview", **chosen), sheet_of(opened("summary", **chosen))
    assert f"Overview: {overview.markdown[0].value.removeprefix('##### ')}" in texts(sheet, "li")
    assert texts(sheet, "b")[:6] == [card.value for card in overview.metric]
    assert texts(sheet, "dt") == [card.label for card in overview.metric]
    table = overview.dataframe[0].value.drop(columns="Formula")
    cells = texts(sheet, "td")
    assert [cells[first : first + 4] for first in range(0, len(cells), 4)] == table.to_numpy().tolist()


def test_words_of_the_data_stand_as_they_are_and_say_nothing_to_the_browser():
    token = load([("e.ndjson", io.BytesIO("\n".join(map(json.dumps, EVENTS)).encode()))], lambda *_: None).token
    sheet = sheet_of(opened("summary", data=token, tz="UTC"))
    assert any("“<i>fraud</i> *now*” caused 100 %" in text for text in map(html.unescape, texts(sheet, "li")))
    assert "<i>" not in sheet
    assert "2547" not in sheet
    assert "Jane" not in sheet


def test_without_anything_chosen_the_sheet_is_of_all_days():
    token = load([("e.ndjson", io.BytesIO("\n".join(map(json.dumps, EVENTS)).encode()))], lambda *_: None).token
    assert texts(sheet_of(opened("summary", data=token, tz="UTC")), "h1") == ["WhatsApp summary: all days"]
