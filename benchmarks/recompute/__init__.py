"""Random edits, each built on what is stored and compared with a rebuild from nothing.

Belongs: edits of code and data, the worker that builds with them, and the table. Keep out: anything the product needs.
"""
