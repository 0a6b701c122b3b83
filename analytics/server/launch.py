"""`streamlit run streamlit_app.py`, from any folder and for those who have no checkout."""

import runpy
import sys

from analytics.server.app_folder import app_folder


def launch(host: str | None = None, port: int | None = None) -> None:
    """Serve the app until it is told to stop; where none is given, host and port are the app's own.

    Streamlit takes its options from `.streamlit/config.toml` beside the script, wherever it is started, before any that
    lie in the folder where it is. What is given here, or in the environment (`STREAMLIT_…`), comes before both.

    Raises:
        SystemExit: with Streamlit's exit code, when it ends.
    """
    named = f"[{host}]" if host and ":" in host else host
    given = {"server.address": host, "browser.serverAddress": named, "server.port": port}
    options = [f"--{name}={value}" for name, value in given.items() if value is not None]
    sys.argv = ["streamlit", "run", str(app_folder() / "streamlit_app.py"), *options]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
