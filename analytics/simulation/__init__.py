"""Realistic traffic: who writes (`audience`), what happens then (`traffic`), how it is spelt (`lines`)."""

from analytics.simulation.simulate import DEFAULT_START, simulate

__all__ = ["DEFAULT_START", "simulate"]
