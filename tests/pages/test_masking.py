"""No page shows a customer's number or name, in its downloads and its address neither."""

import io
import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics import read_dump, validate
from analytics.ui.elements import downloads
from analytics.words.sheets import to_csv
from tests.events_of import contact, delivered, handoff, received, sent

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "analytics" / "ui" / "main.py"
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
JANET = "+254712345678"
PERSONAL = re.compile(r"712345678|799999999|Janet|1349120865530274191[89]")
EVENTS = [
    contact("06:30", user=JANET, name="Janet"),
    received("06:30", user=JANET),
    sent("06:31", "a", user=JANET, agent="ann"),
    delivered("06:32", "a", user=JANET),
    handoff("07:00", user=JANET, agent="ann", reason="fraud"),
    received("08:00", user=JANET),
    received("08:05", user="+254799999999", previousUserId="KE.13491208655302741919"),
    received("08:06", user="KE.13491208655302741918"),
    {**received("09:00", user=JANET), "timestamp": "nonsense"},
    {**received("09:05"), "userId": "0712345678"},
]


@pytest.fixture
def stored(store):
    lines = "\n".join(map(json.dumps, EVENTS)).encode()
    found = validate(read_dump(io.BytesIO(lines)))
    assert (len(found.events), len(found.rejected)) == (8, 2)
    store.add_import(store.create_project("shop").id, found, file="march.ndjson", digest="")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("stored")
def test_nothing_personal_is_shown(page, monkeypatch):
    offered = []
    monkeypatch.setattr(downloads, "draw_buttons", lambda sheet, _: offered.append(to_csv(sheet).decode()))
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    app.query_params["tz"] = "UTC"
    app.query_params["period"] = "All"
    app.run()
    if page != "overview":
        app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    assert not app.exception
    assert app.title or page == "summary"
    for text in (*sent_to_the_browser(app.main), *sent_to_the_browser(app.sidebar), *offered, str(app.query_params)):
        assert not PERSONAL.search(text), text


@pytest.mark.usefixtures("stored")
def test_a_conversation_is_shown_and_named_by_a_key():
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    app.query_params["period"] = "All"
    app.run()
    app.switch_page(str(ROOT / "pages" / "conversations.py")).run()
    table = app.dataframe[0].value
    assert set(table["Customer"]) == {"+2547•••••678", "+2547•••••999", "KE.1349•••1918"}


def sent_to_the_browser(part):
    """All that stands in the messages of which a page is made."""
    for child in getattr(part, "children", {}).values():
        yield from sent_to_the_browser(child)
    if serialized := getattr(getattr(part, "proto", None), "SerializeToString", None):
        yield serialized().decode("latin1")
