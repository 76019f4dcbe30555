"""`python -m singletable`."""

import sys

from singletable.cli.main import main

sys.exit(main())
