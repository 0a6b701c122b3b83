"""What pages say of a store that is damaged: in words, and no numbers."""

from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.settings import settings
from analytics.simulation import simulate
from analytics.store.event_store import open_store, open_store_at

ROOT = Path(__file__).parents[2]
_HEAD, _BLOCK = 3 * 4_096, 256 * 1_024


@pytest.fixture(autouse=True)
def damaged(tmp_path, monkeypatch):
    """The store of the settings: it can be opened, but one of its blocks cannot be read."""
    path = tmp_path / "damaged.duckdb"
    with closing(open_store_at(f"duckdb:///{path}")) as store:
        found = validate([RawLines.from_text(b"".join(simulate(20_000, seed=1)))])
        store.add_import(store.create_project("shop").id, found, file="f", digest="")
    with path.open("r+b") as file:
        file.seek(_HEAD + _BLOCK)
        file.write(bytes(_BLOCK))
    monkeypatch.setenv("ANALYTICS_STORE_URL", f"duckdb:///{path}")
    settings.cache_clear()
    yield
    open_store().close()


def test_each_page_says_that_it_is_damaged_and_what_to_do():
    app = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60).run()
    for page in ("overview", "data_health", "import_events", "connection_keys", "settings"):
        app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
        assert not app.exception, page
        assert any("is damaged" in said.value and "restore a backup" in said.value for said in app.error), page
        assert not app.metric, page
