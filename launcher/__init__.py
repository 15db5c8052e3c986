"""The set-up behind ``./attune``: standard library only, all talk on standard error, never part of the wheel."""
