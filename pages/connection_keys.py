"""The old address of Connections, which leads there."""

from analytics.ui import menu

menu.go_on_to(menu.CONNECTIONS)
