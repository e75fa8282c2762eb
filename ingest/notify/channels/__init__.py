"""One file for each way of telling people. `ingest.notify.registry` says which there are."""
