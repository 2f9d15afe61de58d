"""Sections 5.1 to 5.3: what two devices derive from their keys before the first message."""

from dataclasses import dataclass

import mlkem
from primitives import (MALFORMED, Refused, dh, dh_public, hkdf, labelled_hash, number,
                        parsed_dh_public, u8, u64)
from records import RECORD_SIZE, DeviceRecord

FIELDS_SIZE = 1381
SUITE = b"\x01"
PQ_SIGNED, PQ_ONE_TIME = 1, 2


@dataclass(frozen=True)
class Ids:
    """Which prekeys of Bob a handshake used: the last 25 bytes of its fields."""

    signed: int
    one_time: int  # 0 for none
    pq_kind: int
    pq: int

    @property
    def octets(self):
        return u64(self.signed) + u64(self.one_time) + u8(self.pq_kind) + u64(self.pq)


@dataclass(frozen=True)
class Fields:
    """What Alice sends of it (5.2)."""

    record: DeviceRecord
    ephemeral: bytes
    ciphertext: bytes
    ids: Ids

    @property
    def octets(self):
        return self.record.octets + self.ephemeral + self.ciphertext + self.ids.octets


def parse_fields(octets):
    if len(octets) != FIELDS_SIZE:
        raise Refused(MALFORMED)
    record = DeviceRecord(octets[:RECORD_SIZE])
    ephemeral = parsed_dh_public(octets[236:268])
    ids = Ids(number(octets[1356:1364]), number(octets[1364:1372]), octets[1372],
              number(octets[1373:1381]))
    if ids.signed == 0 or ids.pq == 0 or ids.pq_kind not in (PQ_SIGNED, PQ_ONE_TIME):
        raise Refused(MALFORMED)
    return Fields(record, ephemeral, octets[268:1356], ids)


@dataclass(frozen=True)
class SessionKeys:
    """What both have after it: T, and the keys that the ratchet begins with."""

    transcript: bytes
    root: bytes
    initiator_header: bytes  # HK_A
    responder_next_header: bytes  # NHK_B


def _session_keys(fields, responder_record, signed, one_time, pq, agreements, shared):
    """5.1 and 5.3. `signed`, `one_time` and `pq` are Bob's public keys."""
    transcript = labelled_hash(
        b"bisik/1 session transcript",
        SUITE + fields.record.octets + responder_record.octets + fields.ephemeral + signed
        + (one_time or bytes(32)) + pq + fields.ciphertext + fields.ids.octets)
    keys = hkdf(transcript, b"\xff" * 32 + b"".join(agreements) + shared,
                b"bisik/1 session keys", 96)
    return SessionKeys(transcript, keys[:32], keys[32:64], keys[64:])


def initiate(record, identity_private, responder_record, prekeys, ephemeral_private, coins):
    """Alice's side: fields to send, and the keys. `prekeys` is Bob's choice by `PrekeyChoice`."""
    ciphertext, shared = mlkem.encaps(prekeys.pq, coins)
    fields = Fields(record, dh_public(ephemeral_private), ciphertext, prekeys.ids)
    agreements = [dh(identity_private, prekeys.signed),
                  dh(ephemeral_private, responder_record.identity_key),
                  dh(ephemeral_private, prekeys.signed)]
    if prekeys.one_time is not None:
        agreements.append(dh(ephemeral_private, prekeys.one_time))
    return fields, _session_keys(fields, responder_record, prekeys.signed, prekeys.one_time,
                                 prekeys.pq, agreements, shared)


def respond(fields, record, identity_private, signed, one_time, pq):
    """Bob's side. `signed`, `one_time` (or None) and `pq` are his prekeys that the ids name."""
    fields.record.verify_signatures()
    theirs = fields.record.identity_key
    agreements = [dh(signed.private, theirs), dh(identity_private, fields.ephemeral),
                  dh(signed.private, fields.ephemeral)]
    if one_time is not None:
        agreements.append(dh(one_time.private, fields.ephemeral))
    shared = mlkem.decaps(pq.seed, fields.ciphertext)
    return _session_keys(fields, record, signed.public, one_time and one_time.public, pq.public,
                         agreements, shared)


@dataclass(frozen=True)
class PrekeyChoice:
    """The public prekeys of Bob that Alice uses; `pq_kind` says which kind of ML-KEM key."""

    signed_number: int
    signed: bytes
    pq_kind: int
    pq_number: int
    pq: bytes
    one_time_number: int = 0
    one_time: bytes | None = None

    @property
    def ids(self):
        return Ids(self.signed_number, self.one_time_number, self.pq_kind, self.pq_number)


def associated_data(transcript, sender_address, receiver_address):
    """AD(direction) of 5.3: 104 bytes."""
    return transcript + sender_address + receiver_address
