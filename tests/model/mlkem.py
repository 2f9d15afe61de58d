"""ML-KEM-768 as FIPS 203 defines it (docs/protocol.md, 2.1).

A key pair is its 64-byte seed d ‖ z; the expanded forms are cached, never stored. Nothing here is
constant in time: this is a model, not a place for anybody's keys.
"""

import hashlib
from functools import lru_cache

from mlkem_ring import N, Q, decode, encode, factor, halves, inverse_ntt, ntt, product_sum

K = 3
DU, DV = 10, 4
KEY_SIZE, CIPHERTEXT_SIZE, SEED_SIZE, SHARED_SIZE = 1184, 1088, 64, 32
POLYNOMIAL_SIZE = 384
CACHED = 64  # keys: both ends of a dialogue ask for the same ones


def _compress_table(d):
    return [((x << d) + Q // 2) // Q % (1 << d) for x in range(Q)]


COMPRESS = {d: _compress_table(d).__getitem__ for d in (1, DU, DV)}
DECOMPRESS = {d: [(y * Q + (1 << d - 1)) >> d for y in range(1 << d)].__getitem__
              for d in (1, DU, DV)}
# Of the two values that a byte gives (algorithm 8, eta 2), the lower nibble's and the upper's.
NIBBLE = [((n & 1) + (n >> 1 & 1) - (n >> 2 & 1) - (n >> 3 & 1)) % Q for n in range(16)]
LOWER = [NIBBLE[byte & 15] for byte in range(256)].__getitem__
UPPER = [NIBBLE[byte >> 4] for byte in range(256)].__getitem__


def sample_ntt(seed):
    """Algorithm 7."""
    xof, length = hashlib.shake_128(seed), 504
    while True:
        accepted = [x for x in decode(12, xof.digest(length), length // 3 * 2) if x < Q]
        if len(accepted) >= N:
            return accepted[:N]
        length += 168


def _noise(seed, first, count):
    """`count` polynomials of SamplePolyCBD_2 (algorithm 8) from PRF(seed, first …)."""
    polynomials = []
    for nonce in range(first, first + count):
        octets = hashlib.shake_256(seed + bytes([nonce])).digest(128)
        polynomial = [0] * N
        polynomial[::2], polynomial[1::2] = map(LOWER, octets), map(UPPER, octets)
        polynomials.append(polynomial)
    return polynomials


@lru_cache(CACHED)
def _matrix(rho):
    """A: for row i and column j, SampleNTT(rho ‖ j ‖ i)."""
    return [[halves(sample_ntt(rho + bytes([j, i]))) for j in range(K)] for i in range(K)]


@lru_cache(CACHED)
def _columns(rho):
    return list(zip(*_matrix(rho)))


@lru_cache(CACHED)
def _expanded(seed):
    """K-PKE.KeyGen (algorithm 13) and ML-KEM.KeyGen_internal (16): ek and s in the NTT domain."""
    g = hashlib.sha3_512(seed[:32] + bytes([K])).digest()
    rho, sigma = g[:32], g[32:]
    transformed = ntt(_noise(sigma, 0, 2 * K))
    secret, error = [factor(s) for s in transformed[:K]], transformed[K:]
    t = [[(x + e) % Q for x, e in zip(product_sum(row, secret), noise)]
         for row, noise in zip(_matrix(rho), error)]
    return b"".join(encode(12, one) for one in t) + rho, secret


def public_key(seed):
    """ek of the key pair."""
    return _expanded(seed)[0]


def is_canonical(ek):
    """7.2: the right length, and every coefficient below q."""
    return len(ek) == KEY_SIZE and max(decode(12, ek[:K * POLYNOMIAL_SIZE], K * N)) < Q


@lru_cache(CACHED)
def _public_factors(ek):
    return [halves(decode(12, ek[i * POLYNOMIAL_SIZE:(i + 1) * POLYNOMIAL_SIZE])) for i in range(K)]


@lru_cache(CACHED)
def _key_hash(ek):
    return hashlib.sha3_256(ek).digest()


@lru_cache(CACHED)
def _encrypt(ek, message, coins):
    """K-PKE.Encrypt (algorithm 14)."""
    noise = _noise(coins, 0, 2 * K + 1)
    y = [factor(one) for one in ntt(noise[:K])]
    rows = [*_columns(ek[-32:]), _public_factors(ek)]
    *u, v = inverse_ntt([product_sum(row, y) for row in rows])
    compress = COMPRESS[DU]
    octets = [encode(DU, [compress((x + e) % Q) for x, e in zip(one, error)])
              for one, error in zip(u, noise[K:])]
    message_bits = map(DECOMPRESS[1], decode(1, message))
    compress = COMPRESS[DV]
    octets.append(encode(DV, [compress((x + e + m) % Q)
                              for x, e, m in zip(v, noise[2 * K], message_bits)]))
    return b"".join(octets)


def _decrypt(secret, ciphertext):
    """K-PKE.Decrypt (algorithm 15)."""
    size = 32 * DU
    u = ntt([list(map(DECOMPRESS[DU], decode(DU, ciphertext[i * size:(i + 1) * size])))
             for i in range(K)])
    v = map(DECOMPRESS[DV], decode(DV, ciphertext[K * size:]))
    product, = inverse_ntt([product_sum([halves(one) for one in u], secret)])
    compress = COMPRESS[1]
    return encode(1, [compress((x - p) % Q) for x, p in zip(v, product)])


def encaps(ek, message):
    """ML-KEM.Encaps_internal (algorithm 17): ciphertext and shared secret, from 32 random bytes."""
    g = hashlib.sha3_512(message + _key_hash(ek)).digest()
    return _encrypt(ek, message, g[32:]), g[:32]


def decaps(seed, ciphertext):
    """ML-KEM.Decaps_internal (algorithm 18): a wrong ciphertext gives another secret."""
    ek, secret = _expanded(seed)
    message = _decrypt(secret, ciphertext)
    g = hashlib.sha3_512(message + _key_hash(ek)).digest()
    if _encrypt(ek, message, g[32:]) == ciphertext:
        return g[:32]
    return hashlib.shake_256(seed[32:] + ciphertext).digest(SHARED_SIZE)
