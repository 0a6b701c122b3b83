"""Who may sign in, with which role, and for how long a session stands; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from analytics.store.database import StoreError
from analytics.store.event_store import open_store_at
from analytics.store.people import ROLES, People
from analytics.store.sign_ins import SignIns
from analytics.store.tables import sign_ins
from analytics.store.write_keys import digest_key

ISSUER = "https://id.example"
ANN = "ann@shop.example"


@pytest.fixture
def database(store_url):
    store = open_store_at(store_url)
    yield store.database
    store.close()


@pytest.fixture
def people(database):
    return People(database)


@pytest.fixture
def sessions(database):
    return SignIns(database, timedelta(hours=12), timedelta(minutes=60))


def rights(person):
    return {grant.project_name: (grant.role, grant.sees_in_full) for grant in person.grants}


def test_a_role_is_given_by_e_mail_address_for_one_project_in_place_of_the_one_before(people):
    people.grant(" Ann@Shop.example", "viewer", "shop")
    people.grant(ANN, "admin", "help desk", sees_in_full=True)
    people.grant(ANN, "analyst", "shop")
    (ann,) = people.all()
    assert ann.email == ANN
    assert rights(ann) == {"help desk": ("admin", True), "shop": ("analyst", False)}


@pytest.mark.parametrize(("email", "role", "project", "why"), [
    ("ann", "viewer", "shop", "no e-mail address"),
    ("ann@shop.example, ben@shop.example", "viewer", "shop", "no e-mail address"),
    ("", "viewer", "shop", "no e-mail address"),
    (ANN, "owner", "shop", "There is no role 'owner'; there are viewer, analyst, operator, admin."),
    (ANN, "viewer", " ", "needs a project"),
    (ANN, "viewer", "a\0b", "NUL"),
])  # fmt: skip
def test_what_cannot_be_given_is_refused_in_words_and_nobody_is_added(people, email, role, project, why):
    with pytest.raises(StoreError, match=why):
        people.grant(email, role, project)
    assert people.all() == []


def test_a_person_is_known_by_address_once_and_by_issuer_and_subject_from_then_on(people):
    ann = people.grant(ANN, "viewer", "shop")
    assert people.identify(ISSUER, "1", "ANN@shop.example").id == ann.id
    assert people.identify(ISSUER, "1", "ann@elsewhere.example").id == ann.id
    assert people.identify(ISSUER, "2", ANN) is None, "the address belongs to another account now"
    assert people.identify("https://other.example", "1", ANN) is None, "another provider's number 1"
    people.unbind(ANN)
    assert people.identify(ISSUER, "2", ANN).id == ann.id
    assert people.identify(ISSUER, "1", ANN) is None


def test_nobody_is_known_whom_nobody_gave_a_role(people):
    people.grant(ANN, "viewer", "shop")
    assert people.identify(ISSUER, "9", "eve@shop.example") is None
    assert [person.email for person in people.all()] == [ANN]


def test_a_role_that_was_taken_is_gone(people):
    ann = people.grant(ANN, "admin", "shop")
    people.withdraw(ANN, ann.grants[0].project)
    assert people.all()[0].grants == ()
    with pytest.raises(StoreError, match="has no role in that project"):
        people.withdraw(ANN, ann.grants[0].project)


@pytest.mark.parametrize("act", ["block", "unblock", "unbind", "sign_out"])
def test_of_a_stranger_it_is_said_that_nobody_is_known(people, act):
    with pytest.raises(StoreError, match="Nobody is known as eve"):
        getattr(people, act)("eve@shop.example")


def test_a_session_stands_until_its_person_ends_it_and_others_stay(people, sessions):
    ann = people.grant(ANN, "viewer", "shop")
    one, two = (digest_key(sessions.begin(ann.id, "127.0.0.1")) for _ in range(2))
    assert {session.digest for session in sessions.standing([one, two, "else"])} == {one, two}
    sessions.end(one, "127.0.0.1")
    assert [session.digest for session in sessions.standing([one, two])] == [two]


@pytest.mark.parametrize("act", ["block", "unbind", "sign_out"])
def test_an_admin_ends_all_sessions_of_a_person_at_once(people, sessions, act):
    ann, ben = people.grant(ANN, "viewer", "shop"), people.grant("ben@shop.example", "viewer", "shop")
    hers = [digest_key(sessions.begin(ann.id, "127.0.0.1")) for _ in range(3)]
    his = digest_key(sessions.begin(ben.id, "127.0.0.1"))
    getattr(people, act)(ANN)
    assert [session.digest for session in sessions.standing([*hers, his])] == [his]


def test_who_is_unblocked_must_sign_in_anew(people, sessions):
    ann = people.grant(ANN, "viewer", "shop")
    before = digest_key(sessions.begin(ann.id, "127.0.0.1"))
    people.block(ANN)
    assert people.identify(ISSUER, "1", ANN).blocked_at is not None
    people.unblock(ANN)
    assert sessions.standing([before]) == []
    after = digest_key(sessions.begin(ann.id, "127.0.0.1"))
    assert len(sessions.standing([after])) == 1


@pytest.mark.parametrize(("began", "seen", "stands"), [
    (timedelta(hours=11, minutes=59), timedelta(minutes=1), True),
    (timedelta(hours=12, minutes=1), timedelta(minutes=1), False),
    (timedelta(hours=2), timedelta(minutes=59), True),
    (timedelta(hours=2), timedelta(minutes=61), False),
])  # fmt: skip
def test_a_session_ends_after_twelve_hours_or_sixty_idle_minutes(database, people, sessions, began, seen, stands):
    ann = people.grant(ANN, "viewer", "shop")
    digest, now = digest_key(sessions.begin(ann.id, "127.0.0.1")), datetime.now(UTC)
    with database.writing() as connection:
        connection.execute(update(sign_ins).values(began_at=now - began, last_seen_at=now - seen))
    assert bool(sessions.standing([digest])) is stands


def test_who_does_something_is_not_idle(database, people, sessions):
    ann = people.grant(ANN, "viewer", "shop")
    digest = digest_key(sessions.begin(ann.id, "127.0.0.1"))
    with database.writing() as connection:
        connection.execute(update(sign_ins).values(last_seen_at=datetime.now(UTC) - timedelta(minutes=59)))
    sessions.note_seen([digest])
    (session,) = sessions.standing([digest])
    assert datetime.now(UTC) - session.last_seen_at < timedelta(minutes=1)


def test_of_the_secret_of_a_session_only_a_digest_is_kept(database, people, sessions):
    ann = people.grant(ANN, "viewer", "shop")
    secret = sessions.begin(ann.id, "127.0.0.1")
    with database.reading() as connection:
        (row,) = connection.execute(select(sign_ins)).all()
    assert secret not in str(row)
    assert len(secret) >= 43


def test_roles_grow(people):
    assert ROLES == ("viewer", "analyst", "operator", "admin")
    assert all(people.grant(ANN, role, "shop").grants[0].role == role for role in ROLES)
