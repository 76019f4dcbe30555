"""What happened, for others to be told: written with the effect, sent by the relay. No HTTP."""
