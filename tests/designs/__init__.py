"""Published designs, declared anew: a module each, and beside it the test that proves it."""
