"""This machine alone: which addresses only it can reach, and which requests are its own.

Where nobody signs in, the dashboard cannot tell people apart, so it answers nobody else. The collector does: its
clients have keys.
"""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address

THIS_MACHINE = "127.0.0.1"

_TUNNEL = "reach it from another machine through a tunnel, such as `ssh -L 8501:127.0.0.1:8501 HOST`"
_WAYS = (
    "Set up sign-in ([auth] in .streamlit/secrets.toml). Or set ANALYTICS_ANYONE_MAY_LOOK=1: then everybody sees the "
    "reports, and nobody can do more."
)
PROXIED = (
    "The dashboard answers only this machine while nobody signs in, but this request came from another machine. "
    f"{_WAYS} Or {_TUNNEL}. Programs may send events to /v1/capture from anywhere."
)
"""What somebody is told who came through a proxy, or to an address that others reach."""


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address; of names only `localhost` is known to be one."""
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def came_through_proxy(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Return whether headers say that a request comes from elsewhere than from whoever opened the connection."""
    return any(name == b"forwarded" or name.startswith(b"x-forwarded-") for name, _ in headers)


def refuse_address(address: str) -> str | None:
    """Return why the app may not be served at an address, in a sentence; None if it may."""
    if is_loopback(address):
        return None
    return (
        f"The app would answer other machines at {address or 'all addresses'}, and everybody there would see all data. "
        f"{_WAYS} Or serve it at {THIS_MACHINE}, and {_TUNNEL}."
    )
