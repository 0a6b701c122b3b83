"""Which tests run which lines, and what becomes of a mutant under the tests that run its lines."""

import importlib
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import CodeType
from typing import Literal

import coverage
import pytest
from hypothesis import Phase, settings

from tests.mutation.mutants import Mutant

Outcome = Literal["killed", "survived", "timed out"]
FORK = multiprocessing.get_context("fork")
OPTIONS = (
    "-x", "-q", "-o", "addopts=--import-mode=importlib",
    "--disable-plugin-autoload", "-p", "xdist.plugin", "-p", "no:cacheprovider",
)  # fmt: skip
READY = ("duckdb", "numpy", "pandas", "phonenumbers", "pyarrow", "pydantic", "sqlalchemy", "starlette", "uvicorn")
"""What is imported once, so that a process for a mutant begins with it. What is mutated is imported in each anew."""

PATIENCE = 20
"""Seconds of a processor that a mutant may take beyond five times what its tests take without it."""


@dataclass(frozen=True)
class Coverage:
    """The tests that run each line of each file, and the seconds of a processor that each of them took.

    A test is named by its node id; one whose fixtures are shared with others by its file, which stands for all of them.
    """

    lines: dict[Path, dict[int, frozenset[str]]]
    seconds: dict[str, float]

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that run a mutant's statement, the fastest first; if it runs at import, its file's."""
        lines = self.lines.get(mutant.path, {})
        found = frozenset[str]().union(*(lines.get(line, frozenset()) for line in mutant.statement))
        if "" in found:
            found = found.union(*lines.values())
        return sorted(found - {""}, key=self.seconds.__getitem__)


def measure(files: Sequence[Path], tests: Sequence[str]) -> Coverage:
    """Run the tests once, in a process of its own, and return what each of them runs of the files."""
    with ProcessPoolExecutor(1, mp_context=FORK) as fresh:
        return fresh.submit(_measure, files, tests).result()


def _measure(files: Sequence[Path], tests: Sequence[str]) -> Coverage:
    measured = coverage.Coverage(data_file=None, include=[str(path.resolve()) for path in files], config_file=False)
    measured.set_option("run:core", "ctrace")  # the other one knows no contexts
    contexts = _Contexts(measured)
    measured.start()
    status = pytest.main([*OPTIONS, *tests], plugins=[contexts])
    measured.stop()
    if status:
        raise RuntimeError("the tests must pass before anything is changed")
    data = measured.get_data()
    lines = {path: data.contexts_by_lineno(str(path.resolve())) for path in files}
    return Coverage(
        {path: {line: frozenset(names) for line, names in of_file.items()} for path, of_file in lines.items()},
        dict(contexts.seconds),
    )


class _Contexts:
    """Tells the measurement which test runs, with nothing kept from those before it."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._measured = measured

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Function) -> Iterator[None]:
        name = item.nodeid.split("::")[0] if _shares_fixtures(item) else item.nodeid
        _forget()
        self._measured.switch_context(name)
        began = time.process_time()
        found = yield
        self.seconds[name] += time.process_time() - began
        self._measured.switch_context("")
        return found


def _shares_fixtures(item: pytest.Function) -> bool:
    definitions = [found[-1] for found in item._fixtureinfo.name2fixturedefs.values()]  # noqa: SLF001
    return any(definition.scope != "function" and definition.baseid for definition in definitions)


def _forget() -> None:
    """Empty the caches of functions, so that each test runs what it needs."""
    for name, module in list(sys.modules.items()):
        if name.startswith("analytics"):
            for value in list(vars(module).values()):
                getattr(value, "cache_clear", lambda: None)()


def outcomes(mutants: Sequence[Mutant], covered: Coverage) -> Iterator[tuple[Mutant, Outcome]]:
    """Yield what becomes of each mutant, as many at a time as there are processors."""
    for name in READY:
        importlib.import_module(name)
    waiting, running = list(reversed(mutants)), dict[BaseProcess, Mutant]()
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            mutant = waiting.pop()
            tests = covered.tests_of(mutant)
            if not tests:
                yield mutant, "survived"
                continue
            process = FORK.Process(target=_test, args=(mutant, tests, sum(map(covered.seconds.__getitem__, tests))))
            process.start()
            running[process] = mutant
        connection.wait([process.sentinel for process in running])
        for process in [process for process in running if not process.is_alive()]:
            yield running.pop(process), _outcome(process.exitcode or 0)


def _outcome(status: int) -> Outcome:
    """Tell how a process ended: by itself, or by a signal where its time was over."""
    if status in (-signal.SIGXCPU, -signal.SIGALRM):
        return "timed out"
    return "killed" if status else "survived"


def _test(mutant: Mutant, tests: Sequence[str], seconds: float) -> None:
    """End this process with 0 if all tests pass although the mutant stands in the place of its file."""
    code, load, path = mutant.compile(), SourceFileLoader.get_code, mutant.path.resolve()

    def get_code(loader: SourceFileLoader, name: str) -> CodeType | None:
        return code if Path(loader.path) == path else load(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    limit = round(PATIENCE + 5 * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    signal.alarm(20 * limit)
    settings.register_profile("mutation", database=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
    settings.load_profile("mutation")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    os._exit(int(pytest.main([*OPTIONS, *tests])))
