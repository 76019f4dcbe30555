"""Events for other systems: written with their effect, published by the relay."""
