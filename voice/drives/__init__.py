"""Drives: the same conversation on live devices, on files, at the keyboard."""
