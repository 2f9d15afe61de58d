"""Section 2.8: the digits that two people compare."""

import hashlib

from primitives import number
from records import account_id

ITERATIONS = 5200


def fingerprint(prefix, key, identifier):
    """h(5,199). Prefix and identifier are the protocol's, or Signal's when that is checked."""
    h = hashlib.sha512(prefix + key + identifier + key).digest()
    for _ in range(ITERATIONS - 1):
        h = hashlib.sha512(h + key).digest()
    return h


def account_fingerprint(account_key):
    return fingerprint(b"bisik/1 safety number\0", account_key, account_id(account_key))


def _six_groups(one):
    return "".join(f"{number(one[i:i + 5]) % 100_000:05}" for i in range(0, 30, 5))


def digits(one, other):
    """60 digits for two fingerprints, in either order."""
    return "".join(map(_six_groups, sorted((one, other))))


def qr_bytes(one, other):
    return b"\x01" + b"".join(f[:32] for f in sorted((one, other)))
