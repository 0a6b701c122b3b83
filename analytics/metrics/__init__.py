"""What the numbers mean: facts, filters and the ten metrics. Pure functions on frames; no clock is read."""
