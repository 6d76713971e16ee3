"""The hash of business drives as Microsoft describes it: slow, and plain."""

from __future__ import annotations

import base64


def ring_hash(data: bytes) -> str:
    """QuickXorHash as it is described, bit by bit."""
    ring = [0] * 160
    for number, byte in enumerate(data):
        for bit in range(8):
            ring[(11 * number + bit) % 160] ^= byte >> bit & 1
    for bit in range(64):
        ring[96 + bit] ^= len(data) >> bit & 1
    whole = sum(bit << place for place, bit in enumerate(ring))
    return base64.b64encode(whole.to_bytes(20, "little")).decode()
