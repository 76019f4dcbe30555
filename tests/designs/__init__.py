"""Published designs, declared anew: a module each, and beside it the test that proves it."""

import pytest

pytest.register_assert_rewrite("tests.designs.corpus", "tests.designs.proofs")
