"""Mutation: how many of a sample of small changes to the code are noticed by the tests that run the changed lines.

`uv run python -m tests.mutation --mutants 500 --seed 1` is the full form; the test suite runs a short one.
"""

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

from tests.mutation.mutants import mutants
from tests.mutation.run import measure, outcomes


def main() -> None:
    """Say what became of a sample of mutants, and which of them no test noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--mutants", type=int, default=500, help="how many, of all there are (500)")
    parser.add_argument("--seed", type=int, default=1, help="of their choice (1)")
    parser.add_argument("--code", type=Path, nargs="*", default=[Path("analytics/facts"), Path("analytics/metrics")])
    parser.add_argument("--tests", nargs="*", default=["tests/facts", "tests/metrics"])
    options = parser.parse_args()
    began = time.monotonic()
    files = sorted(path for part in options.code for path in ([part] if part.is_file() else part.rglob("*.py")))
    every = [mutant for path in files for mutant in mutants(path)]
    chosen = random.Random(options.seed).sample(every, min(options.mutants, len(every)))  # noqa: S311
    covered = measure(files, options.tests)
    counts, survivors = Counter[str](), []
    for number, (mutant, outcome) in enumerate(outcomes(chosen, covered), 1):
        counts[outcome] += 1
        if outcome == "survived":
            survivors.append(f"{mutant}  (tests: {len(covered.tests_of(mutant))})")
        _say(f"{number:4} of {len(chosen)}  {outcome:9}  {mutant}")
    _say(f"\n{len(chosen)} of {len(every):,} mutants, seed {options.seed}, {(time.monotonic() - began) / 60:.0f} min")
    _say(f"killed {counts['killed']}, survived {counts['survived']}, timed out {counts['timed out']}\n")
    _say("\n".join(sorted(survivors)))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
