"""A simulated terminal: the other end of the wire, with a menu of faults, for tests and demos."""
