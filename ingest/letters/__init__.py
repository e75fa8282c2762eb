"""Numbered official letters: from an approved step to a page that a person signs."""
