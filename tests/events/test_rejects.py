"""Nothing rejected is thrown away: the file of rejects holds it all, and mended it can be read again."""

import base64
import io
import json

import pytest

from analytics import read_dump, validate
from analytics.events.rejects import to_ndjson


def test_a_reject_is_the_event_as_it_came_with_the_reason(event_of, validated):
    bad = json.dumps(event_of("message.read", {"big": 12345678901234567890123, "f": 0}, timestamp="yesterday"))
    bad = bad.replace('"f": 0', '"f":1.500, "f":  2e0')
    (line,) = to_ndjson(validated(b"{}", bad.encode()).rejected[1:])
    assert line.decode().startswith(bad[:-1] + ',"_rejected":{')
    assert line.endswith(b"}\n")
    assert json.loads(line)["_rejected"] == {
        "id": "b521380923f5ebc57549fd6cec235d15",
        "line": 2,
        "index": 0,
        "field": "timestamp",
        "code": "timestamp_invalid",
        "message": "We cannot read this time. Example: 2026-01-20T06:30:00Z",
    }


def test_mended_rejects_can_be_read_again(event_of, validated, counts):
    bad = [event_of(timestamp="2026-01-20 at noon"), event_of("message.read", {"messageId": ""}), {}]
    lines = b"".join(to_ndjson(validated(*bad).rejected))
    mended = lines.replace(b"2026-01-20 at noon", b"2026-01-20T12:00:00Z").replace(
        b'"messageId": ""', b'"messageId": "m9"'
    )
    found = validated(*mended.splitlines())
    assert counts(found) == (2, 0, 1)
    assert found.events["message_id"].tolist() == ["m1", "m9"]
    assert found.events["properties"].isna().all()


def test_validation_notes_which_rejects_came_again_mended_or_not(event_of, validated):
    first = validated(event_of(timestamp="bad"), b"cut", event_of("message.read", {"messageId": ""}), event_of())
    lines = b"".join(to_ndjson(first.rejected)).replace(b'"bad"', b'"2026-01-20T12:00:00Z"').splitlines()
    rewritten = json.dumps(json.loads(lines[0]), indent=1).replace("\n", "").encode()
    ids = [event.id for event in first.rejected]
    assert first.mended == frozenset()
    assert validated(*lines).mended == set(ids)
    assert validated(rewritten, lines[1] + b"}").mended == set(ids[:2])
    assert validated(event_of(properties={"note": lines[0].decode()})).mended == frozenset()


def test_a_reject_that_is_rejected_again_has_the_newer_reason_alone(event_of, validated):
    first = validated(b"{}", event_of(timestamp="bad"))
    again = validated(*b"".join(to_ndjson(first.rejected)).splitlines()[1:])
    (line,) = to_ndjson(again.rejected)
    assert line.count(b"_rejected") == 1
    assert json.loads(line)["_rejected"]["line"] == 1


def test_a_reject_that_spans_lines_stands_in_one(event_of, validated):
    document = json.dumps([event_of(timestamp="bad")], indent=2).encode()
    (line,) = to_ndjson(validated(document).rejected)
    assert line.count(b"\n") == 1
    assert json.loads(line)["timestamp"] == "bad"


def test_a_reject_that_is_no_json_says_in_which_column(validated):
    (line,) = to_ndjson(validated(b"{}", b'{"event": "x",}').rejected[1:])
    reason = json.loads(line)["_rejected"]
    assert (reason["line"], reason["column"], reason["message"]) == (
        2,
        15,
        "Not valid JSON: a comma with nothing after it",
    )


def test_what_is_no_object_is_kept_as_text_or_as_bytes(validated):
    lines = [b"{}", b'{"event": "cut sho', b"[7]", b'{"event": "\xff"}', b'{"event": NaN}']
    found = validated(*lines)
    texts = [json.loads(line) for line in to_ndjson(found.rejected)]
    assert texts[0]["_rejected"]["code"] == "missing"
    assert [text.get("raw") for text in texts[1:]] == ['{"event": "cut sho', "7", None, '{"event": NaN}']
    assert base64.b64decode(texts[3]["raw_base64"]) == b'{"event": "\xff"}'


def test_what_only_its_table_showed_still_holds_where_a_row_comes_back_as_it_was(validated):
    table = b"event,userId,timestamp,chatId,messageId\nmessage.sent,+254712345678,2026-01-20T06:31:00Z,c,2.54713E+11\n"
    first = validate(read_dump(io.BytesIO(table)))
    (line,) = to_ndjson(first.rejected)
    again = validated(line.rstrip())
    assert [event.problem for event in again.rejected] == [first.rejected[0].problem]
    assert again.rejected[0].problem.code == "id_precision_lost"
    mended = validated(line.rstrip().replace(b'"2.54713E+11"', b'"254713000000"'))
    assert (len(mended.events), mended.rejected, len(mended.mended)) == (1, [], 1)


@pytest.mark.parametrize(
    "reason", ['{"id":"x"}', "7", "[]", '{"id":"00000000000000000000000000000000","code":"row_width"}']
)
def test_a_reason_that_was_changed_by_hand_does_no_harm(reason, event_of, validated):
    line = json.dumps(event_of())[:-1] + ',"_rejected":' + reason + "}"
    assert len(validated(line.encode()).events) == 1
