"""Tells people what they have to know, once, and keeps the proof of it."""
