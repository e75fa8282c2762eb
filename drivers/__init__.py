"""Terminal drivers: one package for each family of terminals, one set of words for all.

A driver turns what a terminal holds into `drivers.base.Log`, and nothing else: it knows no person,
no office and no centre, retries nothing, and never changes the terminal.
"""
