"""Speaking: from cues to samples at the loudspeaker."""
