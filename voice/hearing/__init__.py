"""Hearing: from microphone samples to words."""
