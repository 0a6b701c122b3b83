"""How other systems sign what they deliver: a hash of the body, as it is sent, with a secret of both sides."""

import hashlib
import hmac

from analytics.events.adapters import chatwoot, cloud_api

HEADERS = {cloud_api.NAME: "X-Hub-Signature-256", chatwoot.NAME: "X-Chatwoot-Signature"}
"""By the key of a system that signs."""

SENT_AT = "X-Chatwoot-Timestamp"
"""When Chatwoot has sent it, in seconds since 1970; it signs this, too."""


def sign(system: str, secret: str, body: bytes, sent_at: str = "") -> str:
    """Return the signature of a body."""
    signing = hmac.new(secret.encode(), digestmod=hashlib.sha256)
    if system == chatwoot.NAME:
        signing.update(f"{sent_at}.".encode())
    signing.update(body)
    return f"sha256={signing.hexdigest()}"
