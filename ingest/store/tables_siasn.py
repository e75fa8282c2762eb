"""The tables of siasn. They belong to `tables.metadata` like all others."""
