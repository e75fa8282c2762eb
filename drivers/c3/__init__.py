"""Door panels of the C3 and inBio series: the pull protocol over TCP. See README.md."""
