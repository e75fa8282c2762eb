"""Numbered official letters: from an approved step to a page that a person signs.

`base` is what a letter says; `composing` says it of a case (`wording`, `evidence`); `settings` are
the office's heads, signers and series; `numbering` and `codes` are numbers and short codes; `pages`
sets all of it. What is kept lies in `ingest.store.letters`; who may do what, in `ingest.cli`.
"""
