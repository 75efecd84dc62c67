"""Kernels over one listener at a time: ordering, the figures of a month and of its days, and runs. Written for machine code.

Cells are sorted by listener, so each table here has the size of one listener's month and stays in the processor's fastest memory.
One ordering serves every figure of a key:

    listener   a a a a a b b        the rows as they come
    key        7 3 7 7 3 9 3
    order      1 4 │ 0 2 3 │ 6 │ 5  rows by listener and key, in their order of before inside a group
    starts     0     2       5   6  7

`acceleration.run` compiles them. Their references are the Polars expressions of `grouping`, `months` and `runs`, which call them.
"""
