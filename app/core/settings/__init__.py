"""Settings, read once from the environment: complete, or refused with every problem."""
