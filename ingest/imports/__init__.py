"""Files people keep: read whole, checked whole, taken whole or not at all."""
