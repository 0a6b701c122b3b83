"""One number everywhere: on the page, in its download, on the command line, and counted by hand, whatever is chosen.

Three customers, five messages of ours. What each filter leaves was counted with pencil and paper from this list.
"""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from analytics import metric_table
from analytics.cli.main import commands
from analytics.metrics.metric import Reading
from analytics.metrics.report import METRICS
from analytics.ui.data.datasets import load
from analytics.ui.elements import metric_table as on_screen
from analytics.ui.elements.explanation import describe_reading
from analytics.words import display
from analytics.words.sheets import Sheet, to_csv
from tests.events_of import contact, delivered, handoff, read, received, resolved, sent

MAIN = Path(__file__).parents[2] / "analytics" / "ui" / "main.py"
KENYA, UGANDA, TANZANIA = "+254712345678", "+256712345678", "+255712345678"
A, B, C = ({"user": user, "chat": chat} for user, chat in ((KENYA, "a"), (UGANDA, "b"), (TANZANIA, "c")))
MONDAY, TUESDAY = "2026-03-02", "2026-03-03"
EVENTS = [
    contact(f"{MONDAY} 08:00", **A),
    received(f"{MONDAY} 08:00", "r1", **A),
    sent(f"{MONDAY} 08:01", "a1", template="welcome", **A),
    delivered(f"{MONDAY} 08:01:30", "a1", user=KENYA),
    read(f"{MONDAY} 08:02", "a1", user=KENYA),
    received(f"{MONDAY} 08:10", "r2", **A),
    handoff(f"{MONDAY} 08:10", agent="ann", reason="fraud", **A),
    sent(f"{MONDAY} 08:20", "a2", agent="ann", **A),
    delivered(f"{MONDAY} 08:21", "a2", user=KENYA),
    resolved(f"{MONDAY} 08:30", **A),
    received(f"{MONDAY} 22:30", "r3", **B),
    sent(f"{MONDAY} 22:32", "b1", template="promo", **B),
    contact(f"{TUESDAY} 07:00", **A),
    contact(f"{TUESDAY} 09:00", **B),
    received(f"{TUESDAY} 09:00", "r4", **B),
    handoff(f"{TUESDAY} 09:05", agent="ben", reason="fraud", **B),
    received(f"{TUESDAY} 09:10", "r5", **B),
    sent(f"{TUESDAY} 09:20", "b2", agent="ben", **B),
    delivered(f"{TUESDAY} 09:21", "b2", user=UGANDA),
    read(f"{TUESDAY} 09:22", "b2", user=UGANDA),
    received(f"{TUESDAY} 11:00", "r6", **C),
    sent(f"{TUESDAY} 11:01", "c1", **C),
    resolved(f"{TUESDAY} 11:02", **C),
    received(f"{TUESDAY} 12:00", "a test", test=True, **C),
]
ON_MONDAY = {"period": "Custom", "days": [MONDAY, MONDAY]}
IN = {
    "nothing chosen": ({}, ""),
    "days": (ON_MONDAY, f"--from {MONDAY} --to {MONDAY}"),
    "days of a zone": (
        {**ON_MONDAY, "tz": "Africa/Nairobi"},
        f"--from {MONDAY} --to {MONDAY} --timezone Africa/Nairobi",
    ),
    "country": ({"country": "UG"}, "--country UG"),
    "agent": ({"agent": "ann"}, "--agent ann"),
    "handled by": ({"handled": "Agent (assisted)"}, "--mode agent"),
    "weekday": ({"weekday": "Tuesday"}, "--weekday tuesday"),
    "hour": ({"hour": "09"}, "--hour 9"),
    "template": ({"template": "promo"}, "--template promo"),
    "test events": ({"test": "true"}, "--test"),
}
"""By what is chosen: how the address and the command line say it."""

COUNTED = {
    "nothing chosen": """
        6 min | 2 min
        3 | 2
        40 % (2 of 5) | 60 % (3 of 5)
        60 % (3 of 5) | 80 % (4 of 5)
        120 % (6 of 5) | 40 % (2 of 5)
        120 % (6 of 5) | 40 % (2 of 5)
        Uganda 50 % (3 of 6) | Uganda 50 % (3 of 6)
        08:00 33 % (2 of 6) | Monday 08:00 33 % (2 of 6)
        2 | 2
        39 % (9 of 23) | 33 % (1 of 3)
        0 s | 0 s""",
    "days": """
        2 min | 2 min
        1 | 1
        33 % (1 of 3) | 67 % (2 of 3)
        67 % (2 of 3) | 100 % (3 of 3)
        100 % (3 of 3) | 67 % (2 of 3)
        100 % (3 of 3) | 67 % (2 of 3)
        Kenya 67 % (2 of 3) | Kenya 67 % (2 of 3)
        08:00 67 % (2 of 3) | Monday 08:00 67 % (2 of 3)
        1 | 1
        33 % (4 of 12) | 0 % (0 of 2)
        0 s | 0 s""",
    "days of a zone": """
        5 min 30 s | 5 min 30 s
        1 | 1
        50 % (1 of 2) | 50 % (1 of 2)
        100 % (2 of 2) | 100 % (2 of 2)
        100 % (2 of 2) | 50 % (1 of 2)
        100 % (2 of 2) | 50 % (1 of 2)
        Kenya 100 % (2 of 2) | Kenya 100 % (2 of 2)
        11:00 100 % (2 of 2) | Monday 11:00 100 % (2 of 2)
        1 | 1
        40 % (4 of 10) | 0 % (0 of 1)
        0 s | 0 s""",
    "country": """
        10 min | 11 min
        1 | 1
        50 % (1 of 2) | 100 % (2 of 2)
        50 % (1 of 2) | 100 % (2 of 2)
        150 % (3 of 2) | 50 % (1 of 2)
        150 % (3 of 2) | 50 % (1 of 2)
        Uganda 100 % (3 of 3) | Uganda 100 % (3 of 3)
        09:00 67 % (2 of 3) | Tuesday 09:00 67 % (2 of 3)
        1 | 1
        56 % (5 of 9) | 0 % (0 of 1)
        0 s | 0 s""",
    "agent": """
        10 min | 10 min
        0 | 0
        0 % (0 of 1) | 0 % (0 of 1)
        100 % (1 of 1) | 100 % (1 of 1)
        0 % (0 of 1) | 0 % (0 of 1)
        0 % (0 of 1) | 0 % (0 of 1)
        – (0 of 0) | – (0 of 0)
        – (0 of 0) | – (0 of 0)
        1 | 1
        100 % (4 of 4) | 0 % (0 of 1)
        – | –""",
    "handled by": """
        10 min | 15 min
        0 | 0
        50 % (1 of 2) | 50 % (1 of 2)
        100 % (2 of 2) | 100 % (2 of 2)
        50 % (1 of 2) | 0 % (0 of 2)
        50 % (1 of 2) | 0 % (0 of 2)
        Uganda 100 % (1 of 1) | Uganda 100 % (1 of 1)
        09:00 100 % (1 of 1) | Tuesday 09:00 100 % (1 of 1)
        2 | 2
        100 % (9 of 9) | 0 % (0 of 2)
        – | –""",
    "weekday": """
        10 min | 10 min 30 s
        2 | 1
        50 % (1 of 2) | 50 % (1 of 2)
        50 % (1 of 2) | 50 % (1 of 2)
        150 % (3 of 2) | 0 % (0 of 2)
        150 % (3 of 2) | 0 % (0 of 2)
        Uganda 67 % (2 of 3) | Uganda 67 % (2 of 3)
        09:00 67 % (2 of 3) | Tuesday 09:00 67 % (2 of 3)
        1 | 1
        45 % (5 of 11) | 100 % (1 of 1)
        0 s | 0 s""",
    "hour": """
        15 min | 20 min
        1 | 1
        100 % (1 of 1) | 100 % (1 of 1)
        100 % (1 of 1) | 100 % (1 of 1)
        200 % (2 of 1) | 0 % (0 of 1)
        200 % (2 of 1) | 0 % (0 of 1)
        Uganda 100 % (2 of 2) | Uganda 100 % (2 of 2)
        09:00 100 % (2 of 2) | Tuesday 09:00 100 % (2 of 2)
        1 | 1
        71 % (5 of 7) | – (0 of 0)
        0 s | 0 s""",
    "template": """
        10 min | 11 min
        1 | 1
        0 % (0 of 1) | 100 % (1 of 1)
        0 % (0 of 1) | 100 % (1 of 1)
        300 % (3 of 1) | 100 % (1 of 1)
        300 % (3 of 1) | 100 % (1 of 1)
        Uganda 100 % (3 of 3) | Uganda 100 % (3 of 3)
        09:00 67 % (2 of 3) | Tuesday 09:00 67 % (2 of 3)
        1 | 1
        33 % (2 of 6) | 0 % (0 of 1)
        0 s | 0 s""",
    "test events": """
        6 min | 2 min
        3 | 2
        40 % (2 of 5) | 80 % (4 of 5)
        60 % (3 of 5) | 100 % (5 of 5)
        140 % (7 of 5) | 60 % (3 of 5)
        140 % (7 of 5) | 60 % (3 of 5)
        Uganda 43 % (3 of 7) | Uganda 43 % (3 of 7)
        08:00 29 % (2 of 7) | Monday 08:00 29 % (2 of 7)
        2 | 2
        38 % (9 of 24) | 33 % (1 of 3)
        0 s | 0 s""",
}
"""By what is chosen, a line for each metric: raw event count and per message."""

FILE = "\n".join(map(json.dumps, EVENTS)).encode()


@pytest.mark.parametrize("chosen", IN)
def test_page_download_command_line_and_pencil_agree(chosen, tmp_path, monkeypatch):
    parameters, options = IN[chosen]
    counted = [tuple(line.strip().split(" | ")) for line in COUNTED[chosen].strip().splitlines()]
    offered = []
    monkeypatch.setattr(on_screen, "offer_download", lambda frame, name: offered.append(Sheet(name, frame)))
    assert on_page(parameters) == counted
    assert in_file(to_csv(offered[-1])) == counted
    assert on_command_line(options, tmp_path / "events.ndjson") == counted


def on_page(parameters):
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    token = load([("events.ndjson", io.BytesIO(FILE))], lambda *_: None).token
    for name, value in {"data": token, "tz": "UTC", **parameters}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    table = app.dataframe[0].value
    return list(zip(table["Raw event count"], table["Per message"], strict=True))


def in_file(written):
    """Both readings of each metric, put in words again from the numbers in a CSV."""
    by_label = {metric.label: metric for metric in METRICS}
    lines = [line for line in csv.DictReader(io.StringIO(written.decode("utf-8-sig"))) if line["Metric"] in by_label]
    words = [display.reading(by_label[line["Metric"]], reading_of(line)) for line in lines]
    return list(zip(words[::2], words[1::2], strict=True))


def reading_of(line):
    value, numerator, denominator = (
        number(line[name]) if line[name] else None for name, number in zip(PARTS, (float, int, int), strict=True)
    )
    return Reading(value, numerator, denominator, line["Name"])


PARTS = ("Value", "Numerator", "Denominator")


def on_command_line(options, path):
    path.write_bytes(FILE)
    ran = CliRunner().invoke(commands, ["metrics", str(path), "--format", "json", *options.split()])
    assert ran.exit_code == 0, ran.output
    rows = metric_table(json.loads(ran.stdout)["metrics"])
    return [(describe_reading(row.metric, row.guide), describe_reading(row.metric, row.ledger)) for row in rows]
