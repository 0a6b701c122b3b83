"""What is set for a project stays set, for it alone."""


def test_settings_are_kept_changed_and_taken_back(store, shop):
    assert store.settings.of(shop) == {}
    store.settings.change(shop, {"target": {"share": 0.8, "minutes": 15}, "zone": "Africa/Nairobi"})
    store.settings.change(shop, {"zone": "UTC", "never set": None})
    assert store.settings.of(shop) == {"target": {"share": 0.8, "minutes": 15}, "zone": "UTC"}
    store.settings.change(shop, {"target": None})
    assert store.settings.of(shop) == {"zone": "UTC"}


def test_each_project_has_its_own_settings(store, shop):
    other = store.create_project("other").id
    store.settings.change(shop, {"zone": "UTC"})
    assert store.settings.of(other) == {}
