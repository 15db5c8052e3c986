"""Guiding: from a script to timed cues, and the conversation around them."""
