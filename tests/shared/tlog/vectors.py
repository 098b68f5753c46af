"""Official test data of other logs, where it lies beside the repository."""

from pathlib import Path

import pytest

TLOG = Path(__file__).parents[4] / "shared" / "data" / "tlog"
VECTORS = TLOG / "vectors"
SPECS = TLOG / "specs"

with_vectors = pytest.mark.skipif(
    not VECTORS.is_dir(),
    reason="the test data of other logs is not beside the repository, in ../shared/data/tlog",
)
