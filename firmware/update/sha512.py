"""SHA-512 (FIPS 180-4), which MicroPython's hashlib lacks. For a few blocks: a signature, not a file."""

_MASK = 0xFFFFFFFFFFFFFFFF
_PRIMES = 80


def _constants() -> "tuple[list[int], list[int]]":
    """First 64 bits of the fractional parts of 8 square and 80 cube roots of primes (FIPS 180-4, 4.2.3, 5.3.5)."""
    primes: "list[int]" = []
    candidate = 2
    while len(primes) < _PRIMES:
        if all([candidate % prime for prime in primes]):
            primes.append(candidate)
        candidate += 1
    start = [_root(prime << 128, 2) & _MASK for prime in primes[:8]]
    return start, [_root(prime << 192, 3) & _MASK for prime in primes]


def _root(value: int, power: int) -> int:
    """The whole part of the square (2) or cube (3) root of ``value``, by Newton's method from above."""
    found = 1 << 69  # roots here are below 20 << 64
    while True:
        better = ((power - 1) * found + value // found ** (power - 1)) // power
        if better >= found:
            return found
        found = better


def _right(word: int, bits: int) -> int:
    return (word >> bits | word << (64 - bits)) & _MASK


def sha512(message: bytes) -> bytes:
    """The 64 bytes of the digest."""
    state, constants = _constants()
    bits = len(message) * 8
    message += b"\x80" + bytes((111 - len(message)) % 128) + bits.to_bytes(16, "big")
    for at in range(0, len(message), 128):
        _block(state, constants, message[at : at + 128])
    return b"".join([word.to_bytes(8, "big") for word in state])


def _block(state: "list[int]", constants: "list[int]", block: bytes) -> None:
    w = [int.from_bytes(block[at : at + 8], "big") for at in range(0, 128, 8)]  # the last 16 words of the schedule
    a, b, c, d, e, f, g, h = state
    for t in range(80):
        if t >= 16:
            x, y = w[(t - 15) % 16], w[(t - 2) % 16]
            small0 = _right(x, 1) ^ _right(x, 8) ^ x >> 7
            small1 = _right(y, 19) ^ _right(y, 61) ^ y >> 6
            w[t % 16] = (w[t % 16] + small0 + w[(t - 7) % 16] + small1) & _MASK
        big1 = _right(e, 14) ^ _right(e, 18) ^ _right(e, 41)
        t1 = h + big1 + (e & f ^ ~e & _MASK & g) + constants[t] + w[t % 16]
        big0 = _right(a, 28) ^ _right(a, 34) ^ _right(a, 39)
        t2 = big0 + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = (t1 + t2) & _MASK, a, b, c, (d + t1) & _MASK, e, f, g
    for at, word in enumerate((a, b, c, d, e, f, g, h)):
        state[at] = (state[at] + word) & _MASK
