"""Names that come with the data are shown, never obeyed."""

import io
import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.ui.data.datasets import load
from analytics.words.escape import for_chart, for_markdown

MAIN = Path(__file__).parents[2] / "analytics" / "ui" / "main.py"
EVIL = "![x](http://evil.example/x.png) :red[a] $b$ <img src=x>"


def test_markdown_and_charts_show_a_name_letter_for_letter():
    assert for_markdown("a_b [x](y)\n# z") == r"a\_b \[x\](y) \# z"
    assert for_chart("<b>&amp;</b>") == "&lt;b&gt;&amp;amp;&lt;/b&gt;"


def test_an_entity_stays_the_text_it_is():
    assert for_markdown("&amp;") == r"\&amp;"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://evil.example", "https\\:\u2060//evil.example"),
        ("(www.evil.example)", "(www\u2060.evil.example)"),
        ("bob@evil.example", "bob\u2060@evil.example"),
        (":material/home:", "\\:\u2060material/home\\:"),
        ("a->b", "a-\u2060\\>b"),
        ("- a", "\u2060- a"),
        ("1. a", "\u20601. a"),
    ],
)
def test_what_markdown_would_rewrite_even_if_escaped_is_parted_by_nothing_visible(text, shown):
    assert for_markdown(text) == shown


def test_a_reason_cannot_bring_an_image_into_the_headline():
    handoff = {
        "event": "agent.handoff",
        "userId": "+254712345678",
        "timestamp": "2026-01-20T06:30:00Z",
        "context": {"channel": "whatsapp"},
        "properties": {"chatId": "c", "fromMode": "bot", "toMode": "agent", "handoffReason": EVIL},
    }
    received = handoff | {
        "event": "message.received",
        "properties": {"chatId": "c", "messageId": "m", "direction": "inbound", "contentType": "text"},
    }
    file = io.BytesIO("\n".join(json.dumps(event) for event in (received, handoff)).encode())
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    app.query_params["data"] = load([(f"{EVIL}.json", file)], lambda *_: None).token
    app.run()
    app.switch_page(str(MAIN.parents[2] / "pages" / "bot_and_handoffs.py")).run()
    shown = [text.value for text in (*app.markdown, *app.caption, *app.sidebar.caption)]
    assert any("evil" in text for text in shown)
    assert not any(re.search(r"(?<!\\)\](?=\()", text) for text in shown)
