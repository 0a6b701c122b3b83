"""How people reach the dashboard: alone on this machine, signed in, or anybody to look; and what must be said for it.

Sign-in is set up in Streamlit's own place, `[auth]` in `.streamlit/secrets.toml`, and is complete or refused: a section
alone would protect nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from analytics.server.loopback import is_loopback
from analytics.settings import Settings, SettingsError

_SHORTEST_SECRET = 32
_NEEDED = ("client_id", "client_secret", "server_metadata_url", "redirect_uri", "cookie_secret")
_CALLBACK = "/oauth2callback"

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class SignIn:
    """Sign-in with one provider: who we are to it, and the address to which it sends people back."""

    client_id: str
    redirect_uri: str

    @property
    def origin(self) -> str:
        """The scheme, host and port under which people reach the dashboard."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """The name under which people reach the dashboard."""
        return urlsplit(self.redirect_uri).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Whether they do so over TLS; else only this machine does."""
        return urlsplit(self.redirect_uri).scheme == "https"


@dataclass(frozen=True)
class Entrance:
    """How people come in: through sign-in; else all of them to look, or only whoever is on this machine."""

    sign_in: SignIn | None = None
    anyone_may_look: bool = False
    trusted_proxies: tuple[Network, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether others than this machine are answered."""
        return self.sign_in is not None or self.anyone_may_look

    def trusts(self, address: str) -> bool:
        """Return whether what a peer says about who sent a request is believed."""
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        return any(peer in network for network in self.trusted_proxies)


def read_entrance(auth: Mapping[str, Any] | None, limits: Settings) -> Entrance:
    """Return how people come in, by the section `[auth]` of the secrets (None without one) and the settings.

    Raises:
        SettingsError: where they cannot be used; the message says what to write.
    """
    sign_in = None if auth is None else _read_sign_in(auth)
    if sign_in and limits.anyone_may_look:
        raise SettingsError("ANALYTICS_ANYONE_MAY_LOOK is 1, and [auth] is there: have people sign in, or nobody.")
    return Entrance(sign_in, limits.anyone_may_look, _read_networks(limits.trusted_proxies))


def _read_sign_in(auth: Mapping[str, Any]) -> SignIn:
    where = "[auth] in .streamlit/secrets.toml"
    missing = [name for name in _NEEDED if not isinstance(auth.get(name), str) or not auth[name]]
    if missing:
        raise SettingsError(f"Sign-in is incomplete: {where} needs {', '.join(missing)}.")
    if len(auth["cookie_secret"]) < _SHORTEST_SECRET:
        raise SettingsError(f"{where}: cookie_secret needs {_SHORTEST_SECRET} random characters or more.")
    found = urlsplit(auth["redirect_uri"])
    if found.path != _CALLBACK or found.query or not _is_safe(auth["redirect_uri"]):
        raise SettingsError(
            f"{where}: redirect_uri is the https address of the dashboard with {_CALLBACK} behind it "
            "(http on this machine alone)."
        )
    if not _is_safe(auth["server_metadata_url"]):
        raise SettingsError(f"{where}: server_metadata_url is an https address (http on this machine alone).")
    return SignIn(auth["client_id"], auth["redirect_uri"])


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    )


def _read_networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise SettingsError(f"ANALYTICS_TRUSTED_PROXIES: {error}; addresses or networks, by commas.") from None
