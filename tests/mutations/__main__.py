"""Plant every mistake: `python -m tests.mutations [area or area/id …] [--some N]`."""

import sys

from tests.mutations.run import main

sys.exit(main(sys.argv[1:]))
