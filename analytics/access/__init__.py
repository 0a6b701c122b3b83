"""Who may do what: roles and actions, signing in, and the gate before all of the dashboard."""
