"""The command line, one file per command: parse, call, print. Module `x.py` defines command `x` as its attribute `command`."""
