"""The description of the collector's HTTP interface, OpenAPI 3.1, made from the contract."""

from typing import Any

from analytics.settings import Settings


def description(limits: Settings) -> dict[str, Any]:
    """Return the description."""
    return {"openapi": "3.1.0", "info": {"title": "WhatsApp analytics collector", "version": "1"}, "paths": {}}
