"""The description of the interface, and what it is good for: whatever is sent, there is never a 5xx."""

import json

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.collector.openapi import build_description
from analytics.events.contract import EVENTS
from analytics.settings import Settings

DESCRIBED = schemathesis.openapi.from_dict(build_description(Settings()))
FEW = settings(max_examples=25, suppress_health_check=list(HealthCheck))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
ODD = JSON | st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("event", "type", "userId", "timestamp", "context", "properties"), JSON)
)


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        yield session


@DESCRIBED.parametrize()
@FEW
def test_what_the_description_allows_is_answered_as_it_says(case, address, key, session):
    response = case.call(base_url=f"{address}/v1", headers={"X-Write-Key": key}, session=session)
    assert response.status_code < 500
    case.validate_response(
        response, checks=[schemathesis.checks.not_a_server_error, schemathesis.checks.response_schema_conformance]
    )


@FEW
@given(body=st.binary() | JSON.map(json.dumps) | st.lists(ODD).map(lambda events: json.dumps({"batch": events})))
def test_whatever_is_sent_there_is_never_a_5xx(body, address, key):
    data = body if isinstance(body, bytes) else body.encode()
    response = requests.post(f"{address}/v1/capture", data, headers={"X-Write-Key": key}, timeout=30)
    assert response.status_code < 500
    said = response.json()
    assert said["received"] == said["accepted"] + said["duplicates"] + said["rejected"]


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_is_described_with_the_properties_of_the_contract(event):
    schemas = build_description(Settings())["components"]["schemas"]
    (found,) = [schema for schema in schemas.values() if schema.get("properties", {}).get("event") == {"const": event}]
    properties = schemas[found["properties"]["properties"]["$ref"].rpartition("/")[2]]
    assert set(EVENTS[event].model_json_schema(by_alias=True)["properties"]) == set(properties["properties"])
