"""From facts to numbers: filters, selections and the ten metrics. These are pure functions; none reads a clock."""
