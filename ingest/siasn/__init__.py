"""The national personnel system: people and units in, approved sanctions out, nothing else."""
