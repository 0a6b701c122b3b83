"""Pages on an event store of their own."""

import pytest

from analytics.settings import settings
from analytics.store.event_store import open_store


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    """The store that the pages of a test see: empty at first."""
    monkeypatch.setenv("ANALYTICS_STORE_URL", f"duckdb:///{tmp_path / 'events.duckdb'}")
    settings.cache_clear()
    yield open_store()
    settings.cache_clear()
