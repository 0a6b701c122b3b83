"""From facts to numbers: filters, selections and all metrics. These are pure functions; none reads a clock."""
