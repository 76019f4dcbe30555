"""The HTTP application: who may ask what. Knows the engine; the engine knows nothing of it."""

import gc

# A start makes hardly any garbage, and a request little: searching for it oftener costs a tenth.
gc.set_threshold(50_000, 20, 50)
