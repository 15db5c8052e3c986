"""Other rooms and other programs: the same conversation over the Wyoming protocol."""
