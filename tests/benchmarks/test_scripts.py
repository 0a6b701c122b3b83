"""Every benchmark runs to its end at a small size, and the numbers that it compares are the same. Nothing is timed."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
LACKING = 77
"""How a benchmark ends that needs a program which is not installed; it names it."""


def is_script(path):
    """Whether a file does something when it is run; the others are imported or served by these."""
    return any(isinstance(part, ast.If) and "__main__" in ast.unparse(part.test) for part in parse(path).body)


def parse(path):
    return ast.parse(path.read_text())


SCRIPTS = sorted(path.name for path in FOLDER.glob("*.py") if is_script(path))


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_benchmark_runs_to_its_end_at_a_small_size(name, tmp_path):
    command = [sys.executable, FOLDER / name, "--small", "--cache", tmp_path]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    if ended.returncode == LACKING and "CI" not in os.environ:
        pytest.skip(ended.stderr.strip())
    assert ended.returncode == 0, ended.stderr
    assert "kept  " in ended.stdout or "BROKEN" in ended.stdout


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_readme_of_the_benchmarks_says_what_each_measures(name):
    assert f"uv run python benchmarks/{name} " in (FOLDER / "README.md").read_text()


def test_files_that_are_no_benchmarks_serve_some():
    files = {path.stem for path in FOLDER.glob("*.py")}
    named = "".join((FOLDER / name).read_text() for name in SCRIPTS)
    assert [name for name in sorted(files - {Path(name).stem for name in SCRIPTS}) if name not in named] == []
