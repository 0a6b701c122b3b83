"""Connection keys: make them, see which are used, revoke them."""

from analytics.ui import keys

keys.page()
