"""What a person may ask of us under UU 27/2022: a copy of everything, as files. Pure."""
