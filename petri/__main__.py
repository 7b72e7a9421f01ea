"""`python -m petri`: the command line, where its script is not on the path."""

import sys

from petri.cli.main import main

sys.exit(main())
