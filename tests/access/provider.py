"""A real OpenID provider on loopback, an app that people sign in to with it, and somebody who does so by HTTP alone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from analytics.events.contract import Assumptions
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.store.event_store import open_store_at
from analytics.store.people import People
from tests.browser import start
from tests.events_of import MUCH_LATER, contact, ndjson, received, sent
from tests.servers import free_port, wait_until_healthy

CLIENT = "dashboard"
HTML = {"Accept": "text/html"}
VERIFIED = {"email_verified": True}

WHO = {
    "ann": {"email": "ann@shop.example", **VERIFIED},
    "ben": {"email": "ben@shop.example", **VERIFIED},
    "vic": {"email": "vic@shop.example", **VERIFIED},
    "olga": {"email": "olga@shop.example", **VERIFIED},
    "blocked": {"email": "blocked@shop.example", **VERIFIED},
    "unverified": {"email": "ann@shop.example", "email_verified": False},
    "unsaid": {"email": "ann@shop.example"},
    "stranger": {"email": "eve@elsewhere.example", **VERIFIED},
    "usurper": {"email": "ann@shop.example", **VERIFIED},
    "for another": {"email": "ann@shop.example", **VERIFIED, "aud": ["another"], "azp": CLIENT},
    "too old": {"email": "ann@shop.example", **VERIFIED, "exp": 1_000_000_000},
}
"""Who the provider knows, and what it says of them."""
ROLES = {"ann": "admin", "ben": "analyst", "olga": "operator", "vic": "viewer", "blocked": "viewer"}
PHONE = "+254712345678"


@contextmanager
def provider() -> Iterator[str]:
    """Yield the address of a provider."""
    port = free_port()
    known = [f"--user-claims={json.dumps({'sub': name, **claims})}" for name, claims in WHO.items()]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *known]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}/.well-known/openid-configuration", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@dataclass(frozen=True)
class Dashboard:
    """A running app: its address, and the URL of its store, which it holds."""

    address: str
    store_url: str

    def run(self, *arguments: str) -> str:
        """Run a command beside it, and return what it prints."""
        command = [str(Path(sys.executable).parent / "analytics"), *arguments]
        ran = subprocess.run(
            command, env={"ANALYTICS_STORE_URL": self.store_url}, capture_output=True, text=True, check=True
        )
        return ran.stdout

    def events(self) -> list[dict]:
        """Return what the audit log holds, the oldest first."""
        return [json.loads(line) for line in reversed(self.run("audit", "--format", "json").splitlines())]


@contextmanager
def dashboard(issuer: str, environment: dict[str, str] | None = None) -> Iterator[Dashboard]:
    """Yield an app with some events and some people, who must sign in."""
    with TemporaryDirectory() as folder:
        url = f"duckdb:///{folder}/events.duckdb"
        fill(url)
        port = free_port()
        secrets = Path(folder) / "secrets.toml"
        secrets.write_text(f"""
[auth]
client_id = "{CLIENT}"
client_secret = "any"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
""")
        told = {"ANALYTICS_STORE_URL": url, "AUTHLIB_INSECURE_TRANSPORT": "1", **(environment or {})}
        with start.app(environment=told, port=port, options=[f"--secrets.files={secrets}"]) as address:
            yield Dashboard(address, url)


def fill(url: str) -> None:
    """Store three events of one customer, and give people roles."""
    store = open_store_at(url)
    happened = ndjson([contact("06:29", name="Ann Lee"), received("06:30", "m1"), sent("06:31", "m2", agent="a1")])
    found = validate([RawLines.from_text(happened)], Assumptions(now=MUCH_LATER))
    store.add_import(store.create_project("default").id, found, file="events.ndjson", digest="")
    for name, role in ROLES.items():
        People(store.database).grant(f"{name}@shop.example", role, "default", sees_in_full=name == "ann")
    People(store.database).block("blocked@shop.example")
    store.close()


def arrive(address: str, name: str, path: str = "/") -> tuple[requests.Session, requests.Response]:
    """Go to a page, sign in at the provider as somebody, and return the browser and where that leads."""
    browser = requests.Session()
    browser.headers.update(HTML)
    asked = browser.get(address + path)
    return browser, browser.post(asked.url, data={"sub": name})


def cookie_of(browser: requests.Session) -> str:
    """Return the cookie of a session."""
    return browser.cookies["analytics_session"]
