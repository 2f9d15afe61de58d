"""Section 9.2: what the two sides of a linking compute and say."""

from dataclasses import dataclass

from message import BODY_OVERHEAD, open_body, seal_body
from primitives import (AUTHENTICATION_FAILED, LATEST_TIME, MALFORMED, NON_CONTRIBUTORY_KEY,
                        Refused, dh, dh_public, hkdf, labelled_hash, number, parsed_dh_public, sign,
                        signing_public, u32, u64, verify)
from records import BY_ACCOUNT, BY_DEVICE, HIGHEST_DEVICE

OFFER_CELL = b"bisik/1 linking offer cell"
REVEAL_CELL = b"bisik/1 linking reveal cell"
GRANT_CELL = b"bisik/1 linking grant cell"
OFFER_SIZE = 108
REVEAL_SIZE = 192
QUEUE_FIELDS = "queue", "read_key", "write_key", "cell_key"


def seal_cell(key, label, content, size, salt):
    return seal_body(key, salt, label, b"", content, size)


def open_cell(key, label, cell):
    if len(cell) <= BODY_OVERHEAD:
        raise Refused(MALFORMED)
    return open_body(key, label, b"", cell)


def rendezvous(secret):
    """The two queues, by name and field."""
    keys = hkdf(b"", secret, b"bisik/1 linking rendezvous", 256)
    parts = [keys[at:at + 32] for at in range(0, 256, 32)]
    return {"offer": dict(zip(QUEUE_FIELDS, parts[:4])),
            "answer": dict(zip(QUEUE_FIELDS, parts[4:]))}


def commitment(nonce, ephemeral, signing_key, identity_key, network_key):
    return labelled_hash(b"bisik/1 linking commitment",
                         nonce + ephemeral + signing_key + identity_key + network_key)


def contributory(public):
    """A key with which a DH gives zeros, whatever the other is, is refused at once."""
    try:
        dh(b"\x40".ljust(32, b"\0"), public)
    except Refused:
        raise Refused(NON_CONTRIBUTORY_KEY) from None
    return public


@dataclass(frozen=True)
class Offer:
    """What the primary says first."""

    account_key: bytes
    ephemeral: bytes  # P
    nonce: bytes  # m
    device: int
    created: int

    @property
    def octets(self):
        return (self.account_key + self.ephemeral + self.nonce + u32(self.device)
                + u64(self.created))


def parse_offer(octets):
    if len(octets) != OFFER_SIZE:
        raise Refused(MALFORMED)
    offer = Offer(octets[:32], octets[32:64], octets[64:96], number(octets[96:100]),
                  number(octets[100:]))
    if not 1 <= offer.device <= HIGHEST_DEVICE or offer.created > LATEST_TIME:
        raise Refused(MALFORMED)
    contributory(parsed_dh_public(offer.ephemeral))
    return offer


@dataclass(frozen=True)
class Reveal:
    """What the new device answers."""

    nonce: bytes  # n
    signing_key: bytes
    identity_key: bytes
    network_key: bytes
    by_device: bytes

    @property
    def octets(self):
        return (self.nonce + self.signing_key + self.identity_key + self.network_key
                + self.by_device)


def parse_reveal(octets):
    if len(octets) != REVEAL_SIZE:
        raise Refused(MALFORMED)
    parsed_dh_public(octets[64:96])
    parsed_dh_public(octets[96:128])
    return Reveal(octets[:32], octets[32:64], octets[64:96], octets[96:128], octets[128:])


def statement(offer, signing_key, identity_key):
    """Bytes 0 to 107 of the record."""
    return offer.account_key + signing_key + identity_key + u32(offer.device) + u64(offer.created)


@dataclass(frozen=True)
class Agreement:
    """What both sides have when all is said."""

    digits: str
    grant_key: bytes


def agreement(said, network_key, ends, nonces, shared, secret):
    """`said` is the statement; `ends` are E and P, `nonces` n and m."""
    transcript = said + network_key + b"".join(ends) + b"".join(nonces)
    value = number(labelled_hash(b"bisik/1 linking digits", transcript)[:8]) % 10**6
    salt = labelled_hash(b"bisik/1 linking transcript", transcript)
    return Agreement(f"{value // 1000:03} {value % 1000:03}",
                     hkdf(salt, shared + secret, b"bisik/1 linking grant", 32))


class NewDevice:
    """N, with everything that it draws."""

    def __init__(self, draws, network_key):
        self.draws, self.network_key = draws, network_key
        self.signing_key = signing_public(draws["signing_seed"])
        self.identity_key = dh_public(draws["identity_private"])
        self.ephemeral = dh_public(draws["ephemeral_private"])
        self.queues = rendezvous(draws["secret"])

    @property
    def commitment(self):
        return commitment(self.draws["nonce"], self.ephemeral, self.signing_key, self.identity_key,
                          self.network_key)

    def open_offer(self, cell):
        return parse_offer(open_cell(self.queues["offer"]["cell_key"], OFFER_CELL, cell))

    def accept(self, offer):
        """The reveal, and what the two agree on if nobody is in between."""
        said = statement(offer, self.signing_key, self.identity_key)
        reveal = Reveal(self.draws["nonce"], self.signing_key, self.identity_key, self.network_key,
                        sign(self.draws["signing_seed"], BY_DEVICE, said))
        return reveal, agreement(
            said, self.network_key, (self.ephemeral, offer.ephemeral),
            (reveal.nonce, offer.nonce), dh(self.draws["ephemeral_private"], offer.ephemeral),
            self.draws["secret"])


class Primary:
    """P, which has read E, h and r in a code."""

    def __init__(self, account_seed, code, device, created, draws):
        self.account_seed, self.draws = account_seed, draws
        self.ephemeral, self.commitment, self.secret = code
        self.offer = Offer(signing_public(account_seed), dh_public(draws["ephemeral_private"]),
                           draws["nonce"], device, created)
        self.queues = rendezvous(self.secret)

    def open_reveal(self, cell):
        """The reveal, if it is what the code commits to, and what the two agree on."""
        reveal = parse_reveal(open_cell(self.queues["answer"]["cell_key"], REVEAL_CELL, cell))
        if self.commitment != commitment(reveal.nonce, self.ephemeral, reveal.signing_key,
                                         reveal.identity_key, reveal.network_key):
            raise Refused(AUTHENTICATION_FAILED)
        said = statement(self.offer, reveal.signing_key, reveal.identity_key)
        verify(reveal.signing_key, BY_DEVICE, said, reveal.by_device)
        return reveal, agreement(
            said, reveal.network_key, (self.ephemeral, self.offer.ephemeral),
            (reveal.nonce, self.offer.nonce),
            dh(self.draws["ephemeral_private"], self.ephemeral), self.secret)

    def record(self, reveal):
        said = statement(self.offer, reveal.signing_key, reveal.identity_key)
        return said + sign(self.account_seed, BY_ACCOUNT, said) + reveal.by_device
