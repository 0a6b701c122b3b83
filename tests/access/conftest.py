"""What the tests of signing in share: one provider, and one app beside it."""

import pytest

from tests.access import provider


@pytest.fixture(scope="session")
def issuer():
    """The address of an OpenID provider."""
    with provider.provider() as address:
        yield address


@pytest.fixture(scope="session")
def dashboard(issuer):
    """An app that people sign in to."""
    with provider.dashboard(issuer) as dashboard:
        yield dashboard
