"""Section 5.4: the seal that hides who writes a first message."""

import mlkem
from handshake import FIELDS_SIZE, parse_fields
from primitives import (AUTHENTICATION_FAILED, MALFORMED, TAG_SIZE, Refused, dh, dh_public, hkdf,
                        labelled_hash, open_sealed, parsed_dh_public, seal)

HEAD_SIZE = 1152
COMMIT_AT = 1120
OVERHEAD = HEAD_SIZE + FIELDS_SIZE + TAG_SIZE  # 2,549: what a first message is longer


def _keys(ephemeral, ciphertext, seal_public, agreement, shared):
    transcript = labelled_hash(b"bisik/1 seal transcript",
                               ephemeral + ciphertext + b"".join(seal_public))
    keys = hkdf(transcript, agreement + shared, b"bisik/1 seal keys", 64)
    return keys[:32], keys[32:]


def seal_first(seal_public, ephemeral_private, coins, fields, message):
    """The cell: `fields` and the ratchet message that follows them."""
    ephemeral = dh_public(ephemeral_private)
    ciphertext, shared = mlkem.encaps(seal_public[1], coins)
    key, commit = _keys(ephemeral, ciphertext, seal_public, dh(ephemeral_private, seal_public[0]),
                        shared)
    head = ephemeral + ciphertext + commit
    return head + seal(key, fields.octets + message, head)


def open_first(seal_key, cell):
    """The handshake fields and the ratchet message."""
    if len(cell) < OVERHEAD:
        raise Refused(MALFORMED)
    head = cell[:HEAD_SIZE]
    ephemeral, ciphertext = parsed_dh_public(head[:32]), head[32:COMMIT_AT]
    agreement = dh(seal_key.private, ephemeral)
    shared = mlkem.decaps(seal_key.seed, ciphertext)
    key, commit = _keys(ephemeral, ciphertext, seal_key.public, agreement, shared)
    if commit != head[COMMIT_AT:]:
        raise Refused(AUTHENTICATION_FAILED)
    inside = open_sealed(key, cell[HEAD_SIZE:], head)
    return parse_fields(inside[:FIELDS_SIZE]), inside[FIELDS_SIZE:]
