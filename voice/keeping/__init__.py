"""Keeping: settings and what the two asked to have kept, on disk."""
