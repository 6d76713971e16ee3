"""Bytes in, bytes out, and spoiled: sockets, TLS, faults, addresses of other hosts."""
