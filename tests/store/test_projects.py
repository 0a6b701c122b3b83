"""Projects come into being once and are found by name."""

import threading

import pytest

from analytics.store.database import StoreError
from tests.events_of import received


def test_a_project_is_made_once_and_found_by_name(store):
    shop = store.create_project("shop")
    assert store.create_project("shop") == shop == store.project("shop")
    bank = store.create_project("bank")
    assert store.projects() == [bank, shop]
    assert bank.id != shop.id


def test_an_unknown_project_is_refused_with_those_there_are(store):
    with pytest.raises(StoreError, match=r"There is no project 'shop'; there are: none yet\."):
        store.project("shop")
    store.create_project("bank")
    store.create_project("café")
    with pytest.raises(StoreError, match=r"There is no project 'shop'; there are: bank, café\."):
        store.project("shop")


def test_a_name_that_only_one_database_keeps_is_refused_in_words_by_both(store, shop, found):
    for give in (
        lambda: store.create_project("sh\0p"),
        lambda: store.keys.create("c\0m"),
        lambda: store.keys.create("crm", "sh\0p"),
        lambda: store.add_import(shop, found(received("06:30")), file="a\0b.csv", digest=""),
    ):
        with pytest.raises(StoreError, match="A name cannot have the character NUL"):
            give()
    assert [project.name for project in store.projects()] == ["shop"]
    assert store.count(shop) == len(store.keys.all()) == len(store.imports(shop)) == 0


def test_two_who_make_a_project_at_once_get_the_same(store):
    made = []
    threads = [threading.Thread(target=lambda: made.append(store.create_project("shop"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
