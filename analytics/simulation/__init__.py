"""Realistic traffic: who writes (`audience`) and answers (`team`), what happens (`chats`), its spelling (`lines`)."""

from analytics.simulation.simulate import DEFAULT_START, simulate

__all__ = ["DEFAULT_START", "simulate"]
