"""Teaching Whisper's encoder to hear through rooms and noise."""
