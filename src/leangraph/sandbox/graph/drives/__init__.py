"""Drives: the tree, its items, uploads, and what Office does with a file."""
