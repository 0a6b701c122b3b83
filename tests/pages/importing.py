"""The page Import, and files that are dropped on it."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def open_import():
    app = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
    return app.run().switch_page(str(ROOT / "pages" / "import_events.py")).run()


def dropped(page, *files):
    page.file_uploader(key="files").set_value([(name, content, "") for name, content in files]).run()
    assert not page.exception
    return page


def counts(page):
    return {metric.label: metric.value for metric in page.metric}
