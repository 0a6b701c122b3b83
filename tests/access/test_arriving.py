"""What the provider says of who comes back is looked at again, whatever was checked before."""

import time
from datetime import timedelta

import pytest

from analytics.access.arriving import NotLetInError, let_in
from analytics.access.entrance import SignIn
from analytics.access.standing import Standing
from analytics.store.database import StoreError
from analytics.store.people import People

SIGN_IN = SignIn("dashboard", "https://reports.example/oauth2callback")


@pytest.fixture
def standing(store):
    People(store.database).grant("ann@shop.example", "viewer", "shop")
    return Standing(lambda: store, timedelta(hours=12), timedelta(hours=1))


def claims(**others):
    said = {"iss": "https://id.example", "sub": "1", "aud": "dashboard", "exp": time.time() + 60}
    return {**said, "email": "ann@shop.example", "email_verified": True, **others}


@pytest.mark.parametrize("aud", ["dashboard", ["dashboard"], ["another", "dashboard"]])
def test_who_is_vouched_for_gets_a_session_that_stands(standing, aud):
    secret = let_in(claims(aud=aud), SIGN_IN, standing, "192.0.2.7")
    assert standing.find(secret).person.email == "ann@shop.example"


@pytest.mark.parametrize(("wrong", "why"), [
    ({"aud": "another"}, "for another program"),
    ({"aud": ["another"]}, "for another program"),
    ({"aud": None}, "for another program"),
    ({"exp": time.time() - 1}, "too old"),
    ({"exp": None}, "too old"),
    ({"exp": True}, "too old"),
    ({"exp": "9999999999"}, "too old"),
    ({"iss": ""}, "who you are"),
    ({"sub": None}, "who you are"),
    ({"sub": ["1"]}, "who you are"),
    ({"email": None}, "verified"),
    ({"email_verified": False}, "verified"),
    ({"email_verified": None}, "verified"),
    ({"email_verified": 1.5}, "verified"),
    ({"email": "eve@shop.example"}, "Nobody has given you a role"),
])  # fmt: skip
def test_whatever_is_wrong_lets_nobody_in(standing, store, wrong, why):
    with pytest.raises(NotLetInError, match=why):
        let_in(claims(**wrong), SIGN_IN, standing, "192.0.2.7")
    assert People(store.database).all()[0].subject is None


def test_while_the_store_is_away_who_was_let_in_stays_and_nobody_new_comes(standing, store, monkeypatch):
    secret = let_in(claims(), SIGN_IN, standing, "192.0.2.7")
    other = let_in(claims(), SIGN_IN, standing, "192.0.2.7")
    assert standing.find(secret)
    store.close()
    monkeypatch.setattr("analytics.access.standing.FRESH_SECONDS", -1.0)
    assert standing.find(secret).person.email == "ann@shop.example"
    with pytest.raises(StoreError, match="closed"):
        standing.find(other)
