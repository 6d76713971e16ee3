"""Paging, batch, delta, files: one of Graph's protocols each."""
