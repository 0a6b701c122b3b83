"""Files as CRMs export them, good and bad: each gives what was counted by hand (`corpus/expected.toml`)."""

import io
import tomllib
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pytest

from analytics.events.contract import Assumptions
from analytics.events.dump_error import DumpError
from analytics.events.files.dump import read_dump
from analytics.events.tables.to_events import guess_matching
from analytics.events.validate import validate

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = tomllib.loads((CORPUS / "expected.toml").read_text())
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def many_rows():
    rows = [f"message.read,+254712000001,2026-04-13T07:00:00Z,m{number}" for number in range(100_000)]
    rows[0] = rows[0].replace("+254712000001", "nobody")
    rows[49_999] += ",more"
    rows[99_999] = rows[99_999].replace("2026-04-13T07:00:00Z", "later")
    return "\n".join(["event,userId,timestamp,messageId", *rows]).encode()


def bomb():
    packed = pa.BufferOutputStream()
    with pa.CompressedOutputStream(packed, "zstd") as stream:
        stream.write(b"[")
        for _ in range(513):
            stream.write(b" " * 2**20)
    return packed.getvalue().to_pybytes()


def zipped_bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("events.ndjson", bytes(64 * 2**20))
    return packed.getvalue()


def workbook_bomb():
    packed = io.BytesIO((CORPUS / "two-sheets.xlsx").read_bytes())
    with (
        zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/more.xml", "w") as entry,
    ):
        for _ in range(513):
            entry.write(bytes(2**20))
    return packed.getvalue()


MADE = {
    "many-rows.csv": many_rows,
    "bomb.zst": bomb,
    "bomb.zip": zipped_bomb,
    "bomb.xlsx": workbook_bomb,
}


def read(name):
    """What is found in a file, by what is expected of it."""
    expected = EXPECTED[name]
    zone = ZoneInfo(expected["zone"]) if "zone" in expected else None
    content = MADE[name]() if name in MADE else (CORPUS / name).read_bytes()
    day = {"day_first": expected["day_first"]} if "day_first" in expected else {}
    blocks = read_dump(io.BytesIO(content), match=lambda table: guess_matching(table).model_copy(update=day))
    return validate(blocks, Assumptions(NOW, zone, expected.get("country")))


def test_each_file_has_an_expectation_and_each_expectation_a_file():
    kept = {path.name for path in CORPUS.iterdir()} - {"expected.toml", ".gitattributes"}
    assert sorted(kept | MADE.keys()) == sorted(EXPECTED)
    assert kept.isdisjoint(MADE)


@pytest.mark.parametrize("name", [name for name in EXPECTED if "refused" not in EXPECTED[name]])
def test_a_file_gives_what_was_counted_by_hand(name):
    expected = EXPECTED[name]
    found = read(name)
    rejected = sorted((event.line, event.problem.code) for event in found.rejected)
    assert dict(Counter(found.events["event"])) == expected.get("good", {})
    assert found.duplicates == expected.get("duplicates", 0)
    assert [f"{line} {code}" for line, code in rejected] == expected.get("rejected", [])
    times = {"first": found.events["timestamp"].min(), "last": found.events["timestamp"].max()}
    told = {which: pd.Timestamp(expected[which]) for which in times if which in expected}
    assert {which: times[which] for which in told} == told


@pytest.mark.parametrize("name", [name for name in EXPECTED if "refused" in EXPECTED[name]])
def test_a_file_that_cannot_be_used_is_refused_in_words(name):
    with pytest.raises(DumpError) as refused:
        read(name)
    assert EXPECTED[name]["refused"] in str(refused.value)
