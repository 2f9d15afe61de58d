"""Sections 2.2 and 2.3: accounts, device records, and the prekeys as their owner keeps them."""

from dataclasses import dataclass

import mlkem
from primitives import (LATEST_TIME, MALFORMED, Refused, dh_public, labelled_hash, number,
                        parsed_dh_public, sign, signing_public, u32, u64, verify)

RECORD_SIZE = 236
SIGNED_SIZE = 108
BY_ACCOUNT = b"bisik/1 device record by account"
BY_DEVICE = b"bisik/1 device record by device"
HIGHEST_DEVICE = 2**31 - 1


def account_id(account_key):
    return labelled_hash(b"bisik/1 account id", account_key)


@dataclass(frozen=True)
class DeviceRecord:
    """Its 236 bytes, parsed; the signatures are verified by `verify_signatures`."""

    octets: bytes

    def __post_init__(self):
        if len(self.octets) != RECORD_SIZE:
            raise Refused(MALFORMED)
        parsed_dh_public(self.identity_key)
        if not 1 <= self.device <= HIGHEST_DEVICE or number(self.octets[100:108]) > LATEST_TIME:
            raise Refused(MALFORMED)
        if self.account_key == self.signing_key:
            raise Refused(MALFORMED)

    @property
    def account_key(self):
        return self.octets[:32]

    @property
    def signing_key(self):
        return self.octets[32:64]

    @property
    def identity_key(self):
        return self.octets[64:96]

    @property
    def device(self):
        return number(self.octets[96:100])

    @property
    def address(self):
        """Account id and device number: one side of 5.3's AD."""
        return account_id(self.account_key) + u32(self.device)

    def verify_signatures(self):
        signed, signatures = self.octets[:SIGNED_SIZE], self.octets[SIGNED_SIZE:]
        verify(self.account_key, BY_ACCOUNT, signed, signatures[:64])
        verify(self.signing_key, BY_DEVICE, signed, signatures[64:])


def make_record(account_seed, signing_seed, identity_private, device, created):
    signed = (signing_public(account_seed) + signing_public(signing_seed)
              + dh_public(identity_private) + u32(device) + u64(created))
    return DeviceRecord(signed + sign(account_seed, BY_ACCOUNT, signed)
                        + sign(signing_seed, BY_DEVICE, signed))


@dataclass(frozen=True)
class Prekey:
    """SPK or OPK with its private half."""

    number: int
    private: bytes

    @property
    def public(self):
        return dh_public(self.private)


@dataclass(frozen=True)
class PqPrekey:
    """PQSPK or PQOPK with its private half."""

    number: int
    seed: bytes

    @property
    def public(self):
        return mlkem.public_key(self.seed)


@dataclass(frozen=True)
class SealKey:
    """SEAL with its private half."""

    private: bytes
    seed: bytes

    @property
    def public(self):
        return dh_public(self.private), mlkem.public_key(self.seed)
