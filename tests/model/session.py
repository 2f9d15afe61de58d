"""Sections 5.4, 5.5 and 6.7: a session of two devices, from the first message to the vault."""

from dataclasses import dataclass, field

from chains import BeforeFirst, OurTurn
from handshake import Fields, associated_data, initiate, respond
from primitives import MALFORMED, UNKNOWN_PREKEY, Refused, dh, u8
from ratchet import Ratchet
from seal import OVERHEAD, seal_first

VERSION = 1
CELL_SIZES = 4096, 16384, 61440  # 4.3


@dataclass(frozen=True)
class Unanswered:
    """What Alice repeats until Bob's first answer."""

    fields: Fields
    seal_key: tuple[bytes, bytes]  # SEAL_B

    @property
    def stored(self):
        return self.fields.octets + b"".join(self.seal_key)


@dataclass
class Session:
    """One end."""

    transcript: bytes
    origin: bytes  # EK ‖ ids
    ours: bytes  # account id and device number
    theirs: bytes
    ratchet: Ratchet
    unanswered: Unanswered | None = None
    sends_as: bytes = field(init=False)  # AD of each direction
    receives_as: bytes = field(init=False)

    def __post_init__(self):
        self.sends_as = associated_data(self.transcript, self.ours, self.theirs)
        self.receives_as = associated_data(self.transcript, self.theirs, self.ours)

    @property
    def stored(self):
        """What goes to the vault (6.7)."""
        unanswered = u8(0) if self.unanswered is None else u8(1) + self.unanswered.stored
        return (u8(VERSION) + self.transcript + self.origin + self.ours + self.theirs + unanswered
                + self.ratchet.stored)

    def seal(self, content, draws):
        """A cell, the smallest that takes the content."""
        self.ratchet.begin_chain(draws)
        outside = OVERHEAD if self.unanswered else 0
        least = outside + self.ratchet.overhead + len(content) + 1
        size = next(size for size in CELL_SIZES if size >= least)
        message = self.ratchet.seal(content, self.sends_as, size - outside, draws)
        if self.unanswered is None:
            return message
        return seal_first(self.unanswered.seal_key, draws["seal_private"], draws["seal_coins"],
                          self.unanswered.fields, message)

    def open(self, message, now):
        """The content of a ratchet message, without its seal. Refused, it changes nothing."""
        content, self.ratchet = self.ratchet.opened(message, self.receives_as, now)
        self.unanswered = None
        return content


def start(record, identity_private, responder_record, prekeys, seal_key, draws):
    """Alice's session, before its first message: she begins her chain at once."""
    if record.address == responder_record.address:
        raise Refused(MALFORMED)
    dh(draws["ephemeral_private"], seal_key[0])  # refuses a point with which no seal could be made
    fields, keys = initiate(record, identity_private, responder_record, prekeys,
                            draws["ephemeral_private"], draws["handshake_coins"])
    ratchet = Ratchet(keys.root, keys.initiator_header, keys.responder_next_header,
                      OurTurn(prekeys.signed, 0, None))
    ratchet.begin_chain(draws)
    return Session(keys.transcript, fields.ephemeral + fields.ids.octets, record.address,
                   responder_record.address, ratchet, Unanswered(fields, seal_key))


def accept(fields, message, record, identity_private, ids, signed, one_time, pq, now):
    """Bob's session and the content of the first message that reached him (5.5).

    `ids` names the prekeys that are given.
    """
    if fields.ids != ids:
        raise Refused(UNKNOWN_PREKEY)
    if record.address == fields.record.address:
        raise Refused(MALFORMED)
    keys = respond(fields, record, identity_private, signed, one_time, pq)
    ratchet = Ratchet(keys.root, keys.responder_next_header, keys.initiator_header,
                      BeforeFirst(signed.private))
    session = Session(keys.transcript, fields.ephemeral + fields.ids.octets, record.address,
                      fields.record.address, ratchet)
    return session, session.open(message, now)
