"""One command, one file: parse, call, print. A module `x.py` holds the command `x` in its attribute `command`."""
