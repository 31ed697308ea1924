"""Verifies Ed25519 signatures (RFC 8032) with nothing but integers. No secrets pass here, so time may tell."""

import asyncio

from firmware.update.sha512 import sha512

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

# RFC 8032, 5.1: the field, the order of the base point, the curve's constant.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
_SQRT_M1 = pow(2, (P - 1) // 4, P)
_STEPS = 4  # bits between two breaths


def _x_of(y: int, sign: int) -> "int | None":
    """The x of a point, or None when there is none (RFC 8032, 5.1.3)."""
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        if (v * x * x + u) % P:
            return None
        x = x * _SQRT_M1 % P
    if not x and sign:
        return None
    return P - x if x & 1 != sign else x


def _point(encoded: bytes) -> "Any":
    """(X, Y, Z, T) in extended coordinates, or None."""
    y = int.from_bytes(encoded, "little")
    sign = y >> 255
    y &= (1 << 255) - 1
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(p: "Any", q: "Any") -> "Any":
    """RFC 8032, 5.1.4."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _double(p: "Any") -> "Any":
    """RFC 8032, 5.1.4."""
    a, b = p[0] * p[0] % P, p[1] * p[1] % P
    c = 2 * p[2] * p[2] % P
    h = a + b
    xy = p[0] + p[1]
    e = h - xy * xy % P
    g = a - b
    f = c + g
    return e * f % P, g * h % P, f * g % P, e * h % P


async def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the owner of the key signed the message. Breathes often: other tasks go on meanwhile."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, r = _point(public_key), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    await asyncio.sleep(0)
    k = int.from_bytes(sha512(signature[:32] + public_key + message), "little") % L
    await asyncio.sleep(0)
    minus_key = (P - key[0], key[1], 1, P - key[3])
    found = await _sum_of_products(s, _base(), k, minus_key)  # s B - k A must be R
    return not ((found[0] - r[0] * found[2]) % P or (found[1] - r[1] * found[2]) % P)


def _base() -> "Any":
    y = 4 * pow(5, P - 2, P) % P
    return _point(y.to_bytes(32, "little"))


async def _sum_of_products(m: int, p: "Any", n: int, q: "Any") -> "Any":
    """m p + n q, both in one pass over the bits."""
    terms = (None, p, q, _add(p, q))
    found: "Any" = (0, 1, 1, 0)
    for bit in range(252, -1, -1):
        found = _double(found)
        term = terms[(m >> bit & 1) + 2 * (n >> bit & 1)]
        if term:
            found = _add(found, term)
        if not bit % _STEPS:
            await asyncio.sleep(0)
    return found
