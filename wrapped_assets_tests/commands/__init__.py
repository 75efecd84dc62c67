"""Tests of the command line: exit codes, documents, columns, messages."""
