"""One module per command of ``attune``; each has ``run(args) -> int``, the exit code."""
