"""Section 2.1: the algorithms, by Debian's python3-nacl and by Python itself."""

import hashlib
import hmac

from nacl import bindings
from nacl.exceptions import CryptoError

# The words of section 6.6 and of crypto/error.hpp.
MALFORMED = "malformed"
AUTHENTICATION_FAILED = "authentication_failed"
BAD_SIGNATURE = "bad_signature"
NON_CANONICAL_KEY = "non_canonical_key"
NON_CONTRIBUTORY_KEY = "non_contributory_key"
NO_HEADER_KEY = "no_header_key"
MESSAGE_KEY_UNAVAILABLE = "message_key_unavailable"
UNKNOWN_CHAIN = "unknown_chain"
TOO_MANY_SKIPPED = "too_many_skipped"
UNKNOWN_PREKEY = "unknown_prekey"
WRONG_PASSWORD = "wrong_password"
NEWER_VERSION = "newer_version"

TAG_SIZE = 16
NONCE_SIZE = 12
XNONCE_SIZE = 24
SIGNATURE_SIZE = 64
KEY_SIZE = 32
LATEST_TIME = 253_402_300_799  # the end of the year 9999
FIELD_PRIME = 2**255 - 19
ZERO_NONCE = bytes(NONCE_SIZE)


class Refused(Exception):
    """What was offered is refused; `kind` is the word for it."""

    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind


def u8(value):
    return value.to_bytes(1, "big")


def u32(value):
    return value.to_bytes(4, "big")


def u64(value):
    return value.to_bytes(8, "big")


def number(octets):
    return int.from_bytes(octets, "big")


def labelled_hash(label, octets):
    return hashlib.sha256(label + b"\0" + octets).digest()


def hkdf(salt, ikm, info, size):
    """RFC 5869 with SHA-256; an empty salt is a key of zeros there and in HMAC alike."""
    prk = hmac.digest(salt, ikm, "sha256")
    block, output = b"", b""
    for i in range(1, -(-size // 32) + 1):
        block = hmac.digest(prk, block + info + u8(i), "sha256")
        output += block
    return output[:size]


def signing_public(seed):
    return bindings.crypto_sign_seed_keypair(seed)[0]


def sign(seed, label, message):
    secret = bindings.crypto_sign_seed_keypair(seed)[1]
    return bindings.crypto_sign(label + b"\0" + message, secret)[:SIGNATURE_SIZE]


def verify(public, label, message, signature):
    try:
        bindings.crypto_sign_open(signature + label + b"\0" + message, public)
    except CryptoError:
        raise Refused(BAD_SIGNATURE) from None


def dh_public(private):
    return bindings.crypto_scalarmult_base(private)


def parsed_dh_public(octets):
    """Refuses what no honest peer encodes: bit 255, and u at or above the prime."""
    if int.from_bytes(octets, "little") >= FIELD_PRIME:
        raise Refused(NON_CANONICAL_KEY)
    return octets


def dh(private, public):
    try:
        return bindings.crypto_scalarmult(private, public)
    except CryptoError:  # the result would be zero
        raise Refused(NON_CONTRIBUTORY_KEY) from None


def keyed_blake2b(key, salt, personal, octets):
    """BLAKE2b-512, as two halves of 32 bytes."""
    digest = hashlib.blake2b(octets, key=key, salt=salt, person=personal).digest()
    return digest[:32], digest[32:]


def seal(key, plaintext, ad):
    """ChaCha20-Poly1305 with nonce 0: every key of these constructions seals once."""
    return bindings.crypto_aead_chacha20poly1305_ietf_encrypt(plaintext, ad, ZERO_NONCE, key)


def open_sealed(key, sealed, ad):
    try:
        return bindings.crypto_aead_chacha20poly1305_ietf_decrypt(sealed, ad, ZERO_NONCE, key)
    except CryptoError:
        raise Refused(AUTHENTICATION_FAILED) from None


def xseal(key, nonce, plaintext, ad):
    """XChaCha20-Poly1305 behind its nonce."""
    return nonce + bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, ad, nonce, key)


def xopen(key, sealed, ad):
    nonce, rest = sealed[:XNONCE_SIZE], sealed[XNONCE_SIZE:]
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(rest, ad, nonce, key)
    except CryptoError:
        raise Refused(AUTHENTICATION_FAILED) from None
