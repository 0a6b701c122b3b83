"""Audit log: who did what, when and from where."""

from analytics.ui.people import audit_log

audit_log.draw_page()
