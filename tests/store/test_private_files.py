"""Only their user may read the files of a store; what commands write: `tests/cli/test_private_files.py`."""

import stat

from analytics.store.event_store import open_store_at


def test_a_folder_that_is_there_stays_as_it_is_and_files_that_others_could_read_do_not(tmp_path):
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o755)
    url = f"duckdb:///{folder / 'events.duckdb'}"
    open_store_at(url).close()
    (folder / "events.duckdb").chmod(0o644)
    open_store_at(url).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / "events.duckdb").stat().st_mode) == 0o600
