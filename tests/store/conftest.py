"""What the tests of the store share: a store on each database, and events to keep in it."""

import pytest

from analytics.events.contract import Assumptions
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.store.event_store import open_store_at
from tests.events_of import MUCH_LATER, ndjson


@pytest.fixture
def store(store_url):
    """An empty store, in turn on each database."""
    store = open_store_at(store_url)
    yield store
    store.close()


@pytest.fixture
def shop(store):
    """The number of a project."""
    return store.create_project("shop").id


@pytest.fixture
def found():
    """A function that validates events: objects, or the bytes of a line."""

    def found(*events):
        lines = [event + b"\n" if isinstance(event, bytes) else ndjson([event]) for event in events]
        return validate([RawLines.from_text(b"".join(lines))] if lines else [], Assumptions(now=MUCH_LATER))

    return found


@pytest.fixture
def add(store, shop, found):
    """A function that imports events, into the shop unless another project is named."""
    return lambda *events, project=None: store.add_import(
        project or shop, found(*events), file="events.ndjson", digest=""
    )
