"""Connection keys: make them, see which are used, revoke them."""

from analytics.ui import connection_keys

connection_keys.draw_page()
