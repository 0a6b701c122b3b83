"""This machine alone: which addresses only it can reach, and which requests are its own.

Where nobody signs in, the dashboard cannot tell people apart, so it answers nobody else. The collector does: its
clients have keys.
"""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address

THIS_MACHINE = "127.0.0.1"

_TUNNEL = "come from elsewhere through a tunnel, such as `ssh -L 8501:127.0.0.1:8501 HOST`"
_WAYS = (
    "set up sign-in ([auth] in .streamlit/secrets.toml), or set ANALYTICS_ANYONE_MAY_LOOK=1, with which everybody sees "
    "reports and nobody may do more"
)
PROXIED = (
    "The dashboard answers this machine alone where nobody signs in, and this request came by way of another. To "
    f"answer others, {_WAYS}; or {_TUNNEL}. Programs that send events to /v1/capture may come either way."
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
        f"The app would answer at {address or 'all addresses'}, where other machines reach it, and show all data to "
        f"whoever came: {_WAYS}; or serve it at {THIS_MACHINE}, and {_TUNNEL}."
    )
