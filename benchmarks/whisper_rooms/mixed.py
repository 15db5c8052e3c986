"""Mix what several trainings learnt, and write the changes to an encoder.

    python -m benchmarks.whisper_rooms.mixed FILE=SHARE FILE=SHARE... [--out FILE]

Changes that began alike, weighed and added up, hear better than each of them (Wortsman et al. 2022, "Model soups"):
what one of them learnt from its voices alone is halved, what all of them learnt stays.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.hearing.known_models import WHISPER_BASE
from voice.hearing.whisper_rooms import changes_of

RANK = 48
"""Of the matrices that are added."""

Array = npt.NDArray[np.float32]


def main() -> int:
    """Mix, and write."""
    parser = argparse.ArgumentParser(description="Mix what several trainings learnt.")
    parser.add_argument("parts", nargs="+", type=part, metavar="FILE=SHARE")
    parser.add_argument("--out", type=Path, default=changes_of(WHISPER_BASE))
    args = parser.parse_args()
    np.savez_compressed(args.out, **{name: array.astype(np.float16) for name, array in mixed(args.parts).items()})
    print(f"Written: {args.out}")
    return 0


def part(text: str) -> tuple[Path, float]:
    """``FILE=SHARE``. Raises ValueError where the share is no number."""
    path, _, share = text.rpartition("=")
    return Path(path), float(share)


def mixed(parts: Sequence[tuple[Path, float]]) -> dict[str, Array]:
    """The sum of each matrix's shares, as two matrices of rank ``RANK`` at most, and of each bias'."""
    found = [
        ({name: array.astype(np.float32) for name, array in np.load(path).items()}, share) for path, share in parts
    ]
    changes: dict[str, Array] = {}
    for name in sorted({name for arrays, _ in found for name in arrays}):
        kind, shared = name.rpartition(":")[0], [(arrays, share) for arrays, share in found if name in arrays]
        if name.endswith(":more"):
            changes[name] = sum(share * arrays[name] for arrays, share in shared)
        elif name.endswith(":up"):
            product = sum(share * arrays[name] @ arrays[f"{kind}:down"] for arrays, share in shared)
            changes[name], changes[f"{kind}:down"] = halves(product)
    return changes


def halves(product: Array) -> tuple[Array, Array]:
    """The two matrices of rank ``RANK`` whose product is nearest (Eckart and Young 1936)."""
    left, sizes, right = np.linalg.svd(product, full_matrices=False)
    root = np.sqrt(sizes[:RANK])
    return left[:, :RANK] * root, root[:, None] * right[:RANK]


if __name__ == "__main__":
    sys.exit(main())
