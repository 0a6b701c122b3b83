"""Every setting, its default and its meaning, read once from the environment and `.streamlit/secrets.toml`."""

import os
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

PREFIX = "ANALYTICS_"
SECRETS = Path(".streamlit/secrets.toml")
LOG_LEVELS = ("debug", "info", "warning", "error")
EMBEDDED_STORE = "duckdb:///data/events.duckdb"


@dataclass(frozen=True)
class Settings:
    """Settings by name; `ANALYTICS_STORE_URL` in the environment sets `store_url`, and so on.

    `store_url` may also stand in `.streamlit/secrets.toml` as `url` under `[connections.events]`.
    """

    store_url: str = EMBEDDED_STORE
    """Where events are kept: `duckdb:///path` or `postgresql://user:password@host/database`."""
    max_batch_events: int = 1_000
    """Events that one request may hold."""
    max_wire_bytes: int = 10 * 2**20
    """Bytes of a request as it arrives."""
    max_body_bytes: int = 20 * 2**20
    """Bytes of a request once unpacked."""
    max_payload_bytes: int = 4 * 2**20
    """Bytes of a payload that another system delivers to a webhook; of the events in it there may be any number."""
    slow_body_seconds: float = 30.0
    """How long a request may take to arrive."""
    max_waiting_bytes: int = 64 * 2**20
    """Bytes of all requests that are not answered yet; beyond that clients are asked to come back."""
    requests_per_second: float = 0.0
    """Requests a second that one write key may make; 0 for any number."""
    reads_per_second: float = 5.0
    """Requests a second that one read key may make; 0 for any number."""
    public_metrics: bool = False
    """Whether `/v1/metrics` also answers requests from other machines."""
    log_level: str = "info"
    """What is logged: `debug`, `info` (each request), `warning` or `error`."""
    anyone_may_look: bool = False
    """Whether everybody who reaches the dashboard may see reports without signing in, and nobody more."""
    trusted_proxies: str = ""
    """Addresses or networks of proxies that are believed about who sent a request, separated by commas."""
    audit_days: int = 400
    """Days for which the audit log is kept."""
    session_hours: float = 12.0
    """Hours after which somebody who signed in must do so again."""
    idle_minutes: float = 60.0
    """Minutes without anything done after which a session ends."""
    targets: str = ""
    """Collectors beside the app's own that its test page may send to: addresses separated by commas."""


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message names the setting."""


@cache
def settings() -> Settings:
    """Return the settings of this process.

    Raises:
        SettingsError: if the value of a setting has the wrong kind.
    """
    given = {field.name: os.environ.get(PREFIX + field.name.upper()) for field in fields(Settings)}
    given["store_url"] = given["store_url"] or _secret_store_url()
    return Settings(**{name: _read(name, text) for name, text in given.items() if text})


def _secret_store_url() -> str | None:
    try:
        secrets = tomllib.loads(SECRETS.read_text())
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{SECRETS} is not valid TOML: {error}") from None
    url = secrets.get("connections", {}).get("events", {}).get("url")
    if url is not None and not isinstance(url, str):
        raise SettingsError(f"{SECRETS}: url under [connections.events] is not a text")
    return url


def _read(name: str, text: str) -> Any:
    kind = type(getattr(Settings, name))
    if name == "log_level" and text.lower() not in LOG_LEVELS:
        raise SettingsError(f"{PREFIX}LOG_LEVEL is {text!r}; it is one of {', '.join(LOG_LEVELS)}")
    if kind is bool:
        if text.lower() not in ("0", "1", "false", "true"):
            raise SettingsError(f"{PREFIX}{name.upper()} is {text!r}; it is 0 or 1")
        return text.lower() in ("1", "true")
    try:
        value = kind(text)
    except ValueError:
        raise SettingsError(f"{PREFIX}{name.upper()} is {text!r}, not a number") from None
    if kind is not str and value < 0:
        raise SettingsError(f"{PREFIX}{name.upper()} is {text}; it is 0 or more")
    return value
