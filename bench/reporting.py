# SPDX-License-Identifier: MIT
"""What the benchmarks have in common: they print lines of a name, a tab and a value, and run.py prints tables."""

import subprocess
import sys
from pathlib import Path


def measured(command, subject="", **options):
    """What a benchmark reports, about a subject: lists of values by name."""
    result = {}
    run = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, **options)
    if run.returncode != 0:
        sys.exit(f"bench: {' '.join([Path(command[0]).name, *map(str, command[1:])])} failed"
                 f"{f' with {subject}' if subject else ''} ({run.returncode})")
    for line in run.stdout.splitlines():
        name, _, value = line.partition("\t")
        result.setdefault(name, []).append(float(value))
    return result


def number(value):
    if value == int(value) or value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
