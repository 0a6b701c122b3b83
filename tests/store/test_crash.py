"""An import that is killed leaves all of its file or nothing. The full form: `crash.py`."""

from tests.store.crash import crash


def test_a_killed_import_leaves_its_file_whole_or_not_at_all(store_url):
    found = crash(store_url, kills=3, size=5_000)
    assert found.whole + found.nothing == 3
    assert (found.partly, found.lost) == (0, 0)
