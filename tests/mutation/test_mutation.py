"""The mutation run finds what tests notice and what they do not. Its full form: `python -m tests.mutation`."""

import subprocess
import sys

CODE = '''
"""Who waits too long."""

LIMIT = 3


def is_late(times: list[int], open_now: bool) -> bool:
    longest, *others = times
    for time in others:
        if time > longest:
            longest = time
    return open_now and longest > LIMIT
'''
TESTS = """
from waiting import is_late

def test_the_longest_counts():
    assert is_late([1, 4], True)
    assert not is_late([3, 1], True)

def test_nobody_is_late_after_hours():
    assert not is_late([4], False)
"""


def test_three_mutants_are_killed_and_the_one_that_changes_nothing_survives(tmp_path):
    (tmp_path / "waiting.py").write_text(CODE)
    (tmp_path / "test_waiting.py").write_text(TESTS)
    options = ["--mutants", "9", "--code", "waiting.py", "--tests", "test_waiting.py"]
    command = [sys.executable, "-m", "tests.mutation", *options]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert "killed 3, survived 1, timed out 0" in said
    assert "waiting.py:10  time > longest  →  time >= longest  (tests: 1)" in said
