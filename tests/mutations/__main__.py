"""Plant every mistake: `python -m tests.mutations [area …]`."""

import sys

from tests.mutations.run import main

sys.exit(main(sys.argv[1:]))
