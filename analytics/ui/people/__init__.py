"""Who looks at the app and may do what: what everybody sees of it, and the pages *People* and *Audit log*."""
