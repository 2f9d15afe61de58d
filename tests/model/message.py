"""Sections 6.2 to 6.4: header, KEM part and body of a ratchet message."""

from dataclasses import dataclass

import mlkem
from primitives import (AUTHENTICATION_FAILED, KEY_SIZE, MALFORMED, NON_CANONICAL_KEY, TAG_SIZE,
                        XNONCE_SIZE, Refused, keyed_blake2b, number, open_sealed, parsed_dh_public,
                        seal, u8, u32, xopen, xseal)

VERSION = 1
HEADER_SIZE = 64
SEALED_HEADER_SIZE = XNONCE_SIZE + HEADER_SIZE + TAG_SIZE
USED_HEADER_SIZE = 42
HIGHEST_INDEX = 2**32 - 2
SALT_SIZE = 16
COMMIT_SIZE = 32
BODY_OVERHEAD = SALT_SIZE + COMMIT_SIZE + TAG_SIZE

NO_KEM, KEM_KEY, KEM_KEY_AND_CIPHERTEXT = 0, 1, 3  # flags
KEM_PART_SIZE = {NO_KEM: 0, KEM_KEY: 1224, KEM_KEY_AND_CIPHERTEXT: 2312}


@dataclass(frozen=True)
class Header:
    """What is under the header key (6.2)."""

    flags: int
    dh: bytes
    previous_length: int  # PN
    index: int  # N

    @property
    def octets(self):
        used = (u8(VERSION) + u8(self.flags) + self.dh + u32(self.previous_length)
                + u32(self.index))
        return used + bytes(HEADER_SIZE - USED_HEADER_SIZE)


def parse_header(octets):
    header = Header(octets[1], octets[2:34], number(octets[34:38]), number(octets[38:42]))
    if octets[0] != VERSION or header.flags not in KEM_PART_SIZE or any(octets[USED_HEADER_SIZE:]):
        raise Refused(MALFORMED)
    if header.index > HIGHEST_INDEX:
        raise Refused(MALFORMED)
    parsed_dh_public(header.dh)
    return header


def seal_header(key, nonce, header):
    return xseal(key, nonce, header.octets, b"")


def open_header(key, sealed):
    return parse_header(xopen(key, sealed, b""))


def seal_kem_part(key, nonce, kem_key, ciphertext, sealed_header):
    """6.3. `ciphertext` is empty in Bob's first chain."""
    return xseal(key, nonce, kem_key + ciphertext, sealed_header)


def open_kem_part(key, sealed, sealed_header):
    """The KEM key, and the ciphertext or nothing."""
    part = xopen(key, sealed, sealed_header)
    kem_key, ciphertext = part[:mlkem.KEY_SIZE], part[mlkem.KEY_SIZE:]
    if not mlkem.is_canonical(kem_key):
        raise Refused(NON_CANONICAL_KEY)
    return kem_key, ciphertext


def _body_keys(message_key, salt, ad, before):
    """`before` is sealed header and KEM part."""
    sealed_header, kem_part = before[:SEALED_HEADER_SIZE], before[SEALED_HEADER_SIZE:]
    return keyed_blake2b(message_key, salt, b"bisik/1 message ",
                         ad + sealed_header + kem_part[-TAG_SIZE:])


def seal_body(message_key, salt, ad, before, content, room):
    """6.4: the body that fills `room` bytes."""
    key, commit = _body_keys(message_key, salt, ad, before)
    padded = (content + b"\x80").ljust(room - BODY_OVERHEAD, b"\0")
    return salt + commit + seal(key, padded, ad + before + salt + commit)


def open_body(message_key, ad, before, body):
    salt, commit = body[:SALT_SIZE], body[SALT_SIZE:SALT_SIZE + COMMIT_SIZE]
    key, expected = _body_keys(message_key, salt, ad, before)
    if commit != expected:
        raise Refused(AUTHENTICATION_FAILED)
    padded = open_sealed(key, body[SALT_SIZE + COMMIT_SIZE:], ad + before + salt + commit)
    content = padded.rstrip(b"\0")
    if not content.endswith(b"\x80"):
        raise Refused(MALFORMED)
    return content[:-1]


assert KEM_PART_SIZE[KEM_KEY] == XNONCE_SIZE + mlkem.KEY_SIZE + TAG_SIZE
assert len(Header(NO_KEM, bytes(KEY_SIZE), 0, 0).octets) == HEADER_SIZE
