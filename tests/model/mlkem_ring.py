"""Polynomials of FIPS 203: the ring, its transform, and how coefficients become bytes.

A polynomial is a list of 256 integers below q. What would be a loop over coefficients is done on
one long integer with a *lane* for each: adding, masking and multiplying by a constant act on all
lanes at once, which is what makes a readable model fast enough to be asked a million times.
"""

from array import array
from functools import cache

Q = 3329
N = 256
LANE = 96  # bits: seven layers without a reduction give less than q^8 < 2^94


def _reversed_bits(value):
    return int(f"{value:07b}"[::-1], 2)


ZETAS = [pow(17, _reversed_bits(i), Q) for i in range(128)]
GAMMAS = [pow(17, 2 * _reversed_bits(i) + 1, Q) for i in range(128)]  # zeta^(2 BitRev(i) + 1)
INVERSE_128 = 3303


@cache
def _mask(bits, lane, lanes):
    """The lower `bits` of each of `lanes` lanes."""
    return int.from_bytes(((1 << bits) - 1).to_bytes(lane // 8, "little") * lanes, "little")


def _to_lanes(polynomials):
    """One integer: coefficient 0 of each polynomial, then coefficient 1 of each, and so on."""
    count = len(polynomials)
    words = array("I", bytes(LANE // 8 * count * N))
    step = LANE // 32
    for at, polynomial in enumerate(polynomials):
        words[step * at::step * count] = array("I", polynomial)
    return int.from_bytes(words.tobytes(), "little")


def _from_lanes(value, count):
    """The polynomials, their coefficients small but not yet below q."""
    lanes = count * N
    for bits in (48, 32, 24):  # x = low + 2^bits high, and 2^bits mod q is small: 94 bits to 28
        low = _mask(bits, LANE, lanes)
        high = _mask(LANE - bits, LANE, lanes)
        value = (value & low) + (value >> bits & high) * ((1 << bits) % Q)
    words = array("I", value.to_bytes(LANE // 8 * lanes, "little"))
    step = LANE // 32
    return [words[step * at::step * count] for at in range(count)]


def ntt(polynomials):
    """Algorithm 9 for several polynomials at once."""
    count = len(polynomials)
    blocks, length, k = [_to_lanes(polynomials)], 128, 1
    while length >= 2:
        bits = length * count * LANE
        low = (1 << bits) - 1
        halved = []
        for block in blocks:
            first, second = block & low, block >> bits
            halved += first + ZETAS[k] * second, first + (Q - ZETAS[k]) * second
            k += 1
        blocks, length = halved, length // 2
    return [[x % Q for x in one] for one in _from_lanes(_joined(blocks, 2 * count), count)]


def inverse_ntt(polynomials):
    """Algorithm 10 for several polynomials at once."""
    count = len(polynomials)
    value = _to_lanes(polynomials)
    size = 2 * count * LANE // 8
    octets = value.to_bytes(128 * size, "little")
    blocks = [int.from_bytes(octets[i:i + size], "little") for i in range(0, 128 * size, size)]
    length, k = 2, 127
    while length <= 128:
        bits = length * count * LANE
        doubled = []
        for first, second in zip(blocks[::2], blocks[1::2]):
            difference = ZETAS[k] * second + (Q - ZETAS[k]) * first
            doubled.append(first + second + (difference << bits))
            k -= 1
        blocks, length = doubled, 2 * length
    return [[x * INVERSE_128 % Q for x in one] for one in _from_lanes(blocks[0], count)]


def _joined(blocks, lanes):
    size = lanes * LANE // 8
    return int.from_bytes(b"".join(one.to_bytes(size, "little") for one in blocks), "little")


def halves(polynomial):
    """A transformed polynomial as its even and odd coefficients: 128 values a + b X."""
    return polynomial[::2], polynomial[1::2]


def factor(polynomial):
    """As halves, and the odd ones times gamma: what the right side of a product needs."""
    even, odd = halves(polynomial)
    return even, odd, [x * gamma % Q for x, gamma in zip(odd, GAMMAS)]


def product_sum(left, right):
    """Sum of three products (algorithms 11 and 12): of `halves` and of `factor`s."""
    (a0, a1), (b0, b1), (c0, c1) = left
    (x0, x1, xg), (y0, y1, yg), (z0, z1, zg) = right
    result = [0] * N
    result[::2] = [(a * x + A * X + b * y + B * Y + c * z + C * Z) % Q
                   for a, A, b, B, c, C, x, X, y, Y, z, Z
                   in zip(a0, a1, b0, b1, c0, c1, x0, xg, y0, yg, z0, zg)]
    result[1::2] = [(a * X + A * x + b * Y + B * y + c * Z + C * z) % Q
                    for a, A, b, B, c, C, x, X, y, Y, z, Z
                    in zip(a0, a1, b0, b1, c0, c1, x0, x1, y0, y1, z0, z1)]
    return result


def encode(d, values):
    """ByteEncode_d (algorithm 5): each value's d bits, lowest first."""
    value, lane = int.from_bytes(array("H", values).tobytes(), "little"), 16
    for width in (d, 2 * d, 4 * d):  # two neighbours become one value in a lane twice as wide
        lane *= 2
        low = _mask(width, lane, N * 16 // lane)
        value = (value & low) | (value >> (lane // 2 - width) & low << width)
    wide = value.to_bytes(N * 2, "little")  # d bytes in each 16
    octets = bytearray(32 * d)
    for i in range(d):
        octets[i::d] = wide[i::16]
    return bytes(octets)


def decode(d, octets, count=N):
    """ByteDecode_d (algorithm 6), without reduction. `count` values, a multiple of 8."""
    wide = bytearray(2 * count)
    for i in range(d):
        wide[i::16] = octets[i::d]
    value, lane = int.from_bytes(wide, "little"), 128
    for width in (4 * d, 2 * d, d):
        low = _mask(width, lane, count * 16 // lane)
        value = (value & low) | (value & low << width) << (lane // 2 - width)
        lane //= 2
    return array("H", value.to_bytes(2 * count, "little"))
