"""Not yet built."""
