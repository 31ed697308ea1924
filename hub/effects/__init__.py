"""Effects: performers that tell the world what the engine decided. Idempotent: said twice is the same as said once."""
