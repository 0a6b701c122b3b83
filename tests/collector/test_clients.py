"""Real clients, unchanged but for host and key: each of their events is stored, once."""

import json
import shutil
import subprocess
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the SDKs' own dependencies
    from rudderstack.analytics.client import Client as RudderClient
    from segment.analytics.client import Client as SegmentClient

SAMPLE = [json.loads(line) for line in Path("tests/data/sample-events.ndjson").read_text().splitlines()]


@pytest.mark.parametrize(
    "make",
    [
        lambda key, host, on_error: SegmentClient(key, host=host, on_error=on_error, upload_interval=0.05),
        lambda key, host, on_error: SegmentClient(key, host=host, on_error=on_error, gzip=True, upload_interval=0.05),
        lambda key, host, on_error: RudderClient(key, host=host, on_error=on_error, upload_interval=0.05),
    ],
    ids=["segment", "segment, gzipped", "rudder"],
)
def test_an_sdk_stores_each_event_once(make, key, address, store):
    errors = []
    for _ in range(2):  # the second time all are known
        client = make(key, address, lambda error, _: errors.append(error))
        for event in SAMPLE:
            client.track(
                user_id=event["userId"],
                event=event["event"],
                properties=event["properties"],
                context=event["context"],
                timestamp=datetime.fromisoformat(event["timestamp"]).astimezone(UTC),
            )
        client.flush()
        client.join()
    assert errors == []
    found = store.events(store.project("shop").id).events
    assert sorted(found["event"]) == sorted(event["event"] for event in SAMPLE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed on this machine")
def test_curl_posts_each_event_of_the_guide_wrapped_in_a_batch(key, address, store):
    for event in SAMPLE:
        command = [
            "curl",
            "-sS",
            f"{address}/v1/capture",
            "-H",
            f"X-Write-Key: {key}",
            "-d",
            json.dumps({"batch": [event]}),
        ]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        assert (answer["status"], answer["accepted"]) == ("success", 1)
    assert store.count(store.project("shop").id) == len(SAMPLE)
