"""What pages say of a store that is damaged, or lacks something: in words, and never a wrong number alone."""

import shutil
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


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A function that has pages see a store of 20,000 events, once something was done to its closed files."""

    def made(harm):
        path = tmp_path / "damaged.duckdb"
        with closing(open_store_at(f"duckdb:///{path}")) as store:
            found = validate([RawLines.from_text(b"".join(simulate(20_000, seed=1)))])
            store.add_import(store.create_project("shop").id, found, file="f", digest="")
        harm(path)
        monkeypatch.setenv("ANALYTICS_STORE_URL", f"duckdb:///{path}")
        settings.cache_clear()
        return AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60).run()

    yield made
    open_store().close()


def zero_a_block(path):
    with path.open("r+b") as file:
        file.seek(_HEAD + 4 * _BLOCK)  # those before hold what no page reads, such as the index
        file.write(bytes(_BLOCK))


def put_an_older_copy_in_place(path):
    older = path.with_name("older")
    shutil.copy(path, older)
    with closing(open_store_at(f"duckdb:///{path}")) as store:
        store.create_project("another")
    shutil.copy(older, path)


def test_each_page_says_that_it_is_damaged_and_what_to_do(made):
    app = made(zero_a_block)
    for page in ("overview", "data_health", "import_events", "connections", "settings"):
        app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
        assert not app.exception, page
        assert any("is damaged" in said.value and "restore a backup" in said.value for said in app.error), page
        assert not app.metric, page


def test_commits_that_are_missing_are_said_on_the_page(made):
    app = made(put_an_older_copy_in_place)
    assert not app.exception
    assert not app.error
    assert any("1 confirmed commit is missing" in said.value for said in app.warning)


def test_and_also_where_the_whole_file_is(made):
    app = made(Path.unlink)
    assert not app.exception
    assert any("confirmed commits are missing" in said.value for said in app.warning)
