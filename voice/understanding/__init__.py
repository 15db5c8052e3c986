"""From words to meaning: sentence templates, their alignment with what was heard, and the decision.

Pure: no sound, no threads, no clock, and no files beyond reading the sentence files once.
"""
