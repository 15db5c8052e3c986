"""``attune doctor``: what works here, and what to do where it does not."""

from __future__ import annotations

import argparse
import json

from voice.checkup.findings import Finding, look
from voice.checkup.parts import checks
from voice.commands.options import options_of


def run(args: argparse.Namespace) -> int:
    """One line a part, or one JSON object with ``--json``; exit code 1 if anything does not work."""
    parts = checks(options_of(args))
    if args.sound:
        from voice.checkup.echo import measure_echo

        parts["echo"] = measure_echo
    findings: list[Finding] = []
    for part, check in parts.items():
        findings.append(look(part, check))
        if not args.json:
            _show(findings[-1], told=any(finding.says == findings[-1].says for finding in findings[:-1]))
    good = all(finding.good for finding in findings)
    if args.json:
        print(json.dumps({"good": good, "findings": [finding.to_json() for finding in findings]}, ensure_ascii=False))
    return 0 if good else 1


def _show(finding: Finding, *, told: bool) -> None:
    """One line, and what to do; a wrong setting that ``told`` of itself already stops several parts."""
    print(f"{'good' if finding.good else 'TO DO':6} {finding.part:12} {'As above.' if told else finding.says}")
    if finding.remedy and not told:
        print(f"{'':6} {'':12} {finding.remedy}")
