"""Section 6.1: the chains of a ratchet, how keys follow from each other, how it is stored (6.7)."""

from dataclasses import dataclass, field, replace

from message import KEM_KEY_AND_CIPHERTEXT, NO_KEM, SALT_SIZE
from primitives import hkdf, keyed_blake2b, u8, u32, u64


def next_root(root, agreement, shared):
    """RK, a chain key, and the header key of the chain after it."""
    keys = hkdf(root, agreement + shared, b"bisik/1 root", 96)
    return keys[:32], keys[32:64], keys[64:]


def next_message_key(chain_key):
    """The chain key after this message, and the message's key."""
    return keyed_blake2b(chain_key, bytes(SALT_SIZE), b"bisik/1 chain   ", b"")


@dataclass(frozen=True)
class OurTurn:
    """We heard them last; the next message of ours begins a chain."""

    their_dh: bytes  # DHr
    previous_length: int  # Ns of our last chain
    their_kem_key: bytes | None

    @property
    def stored(self):
        kem = u8(0) if self.their_kem_key is None else u8(1) + self.their_kem_key
        return self.their_dh + u32(self.previous_length) + kem


@dataclass(frozen=True)
class BeforeFirst:
    """Bob, who has opened nothing yet: DHs is his SPK. It is never stored."""

    dh_private: bytes
    next_index: int = 0
    kem_seed: bytes | None = None


@dataclass(frozen=True)
class SendingChain:
    """We wrote last."""

    header_key: bytes  # HKs
    key: bytes  # CKs
    dh_private: bytes
    dh_public: bytes
    previous_length: int  # PN
    next_index: int  # Ns
    flags: int
    kem_seed: bytes | None = None  # KEMs
    kem_key: bytes = b""
    ciphertext: bytes = b""

    @property
    def stored(self):
        stored = (self.header_key + self.key + self.dh_private + self.dh_public
                  + u32(self.previous_length) + u32(self.next_index) + u8(self.flags))
        if self.flags != NO_KEM:
            stored += self.kem_seed + self.kem_key
        if self.flags == KEM_KEY_AND_CIPHERTEXT:
            stored += self.ciphertext
        return stored


@dataclass(frozen=True)
class SkippedKey:
    """A message key that waits for its message."""

    derived: int  # time
    key: bytes


@dataclass
class KnownChain:
    """What of a chain of theirs is needed to know its messages."""

    header_key: bytes
    dh: bytes
    flags: int
    skipped: dict[int, SkippedKey] = field(default_factory=dict)  # by N, rising

    def copy(self):
        return replace(self, skipped=dict(self.skipped))

    @property
    def stored(self):
        keys = b"".join(u32(n) + u64(one.derived) + one.key for n, one in self.skipped.items())
        return self.header_key + self.dh + u8(self.flags) + u32(len(self.skipped)) + keys


@dataclass
class ReceivingChain:
    """The chain of theirs that goes on."""

    known: KnownChain
    key: bytes  # CKr
    next_index: int  # Nr

    def copy(self):
        return replace(self, known=self.known.copy())

    @property
    def stored(self):
        return self.known.stored + self.key + u32(self.next_index)


@dataclass
class PastChain:
    """One that ended when its successor began."""

    known: KnownChain
    ended: int  # time

    def copy(self):
        return replace(self, known=self.known.copy())

    @property
    def stored(self):
        return self.known.stored + u64(self.ended)
