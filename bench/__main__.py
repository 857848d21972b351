"""`python -m bench NAME [--json]`: run one benchmark and report it."""

import sys

from bench import main

main(sys.argv[1:])
