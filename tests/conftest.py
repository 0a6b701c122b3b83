"""Nothing that a test does reaches the store of whoever runs the tests."""

import os
import tempfile
from pathlib import Path

_folder = tempfile.TemporaryDirectory(prefix="analytics-tests-", ignore_cleanup_errors=True)
os.environ["ANALYTICS_STORE_URL"] = f"duckdb:///{Path(_folder.name) / 'events.duckdb'}"
