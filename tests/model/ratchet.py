"""Section 6: the Double Ratchet with its KEM and its sealed headers.

Opening works on a copy, so that what is refused leaves the state as it was.
"""

from dataclasses import dataclass, field, replace

import mlkem
from chains import (BeforeFirst, KnownChain, OurTurn, PastChain, ReceivingChain, SendingChain,
                    SkippedKey, next_message_key, next_root)
from message import (BODY_OVERHEAD, KEM_KEY, KEM_KEY_AND_CIPHERTEXT, KEM_PART_SIZE, NO_KEM,
                     SEALED_HEADER_SIZE, Header, open_body, open_header, open_kem_part, seal_body,
                     seal_header, seal_kem_part)
from primitives import (AUTHENTICATION_FAILED, MALFORMED, MESSAGE_KEY_UNAVAILABLE, NO_HEADER_KEY,
                        TOO_MANY_SKIPPED, UNKNOWN_CHAIN, Refused, dh, dh_public, u8)

MAX_SKIP = 1000
MAX_SKIPPED_KEYS = 2000
MAX_PAST_CHAINS = 5
SKIPPED_KEY_LIFETIME = 30 * 24 * 3600


def is_old(since, now):
    return now - since > SKIPPED_KEY_LIFETIME


@dataclass
class Ratchet:
    """One end."""

    root: bytes  # RK
    next_sending_header: bytes  # NHKs
    next_receiving_header: bytes  # NHKr
    turn: OurTurn | BeforeFirst | SendingChain
    receiving: ReceivingChain | None = None
    past: list[PastChain] = field(default_factory=list)  # oldest first

    @property
    def stored(self):
        """The part of 6.7 that is the ratchet's; nothing of Bob's before his first message."""
        if isinstance(self.turn, BeforeFirst):
            return b""
        receiving = u8(0) if self.receiving is None else u8(1) + self.receiving.stored
        return (self.root + self.next_sending_header + self.next_receiving_header
                + u8(isinstance(self.turn, SendingChain)) + self.turn.stored + receiving
                + u8(len(self.past)) + b"".join(one.stored for one in self.past))

    # ---- sending

    def begin_chain(self, draws):
        """The sending step of 6.1, if it is due."""
        if isinstance(self.turn, SendingChain):
            return
        turn, private = self.turn, draws["dh_private"]
        agreement = dh(private, turn.their_dh)
        if self.receiving is None:  # Alice's first
            kem = {"flags": NO_KEM}
            shared = b""
        else:
            seed, ciphertext, shared = draws["kem_seed"], b"", b""
            if turn.their_kem_key is not None:
                ciphertext, shared = mlkem.encaps(turn.their_kem_key, draws["kem_coins"])
            kem = {"flags": KEM_KEY_AND_CIPHERTEXT if ciphertext else KEM_KEY, "kem_seed": seed,
                   "kem_key": mlkem.public_key(seed), "ciphertext": ciphertext}
        header_key = self.next_sending_header
        self.root, key, self.next_sending_header = next_root(self.root, agreement, shared)
        self.turn = SendingChain(header_key, key, private, dh_public(private),
                                 turn.previous_length, 0, **kem)

    @property
    def overhead(self):
        """What a message of the present chain is longer than its padded content."""
        return SEALED_HEADER_SIZE + KEM_PART_SIZE[self.turn.flags] + BODY_OVERHEAD

    def seal(self, content, ad, size, draws):
        """The next message of the chain that `begin_chain` began, `size` bytes long."""
        chain = self.turn
        header = Header(chain.flags, chain.dh_public, chain.previous_length, chain.next_index)
        before = seal_header(chain.header_key, draws["header_nonce"], header)
        if chain.flags != NO_KEM:
            before += seal_kem_part(chain.header_key, draws["kem_nonce"], chain.kem_key,
                                    chain.ciphertext, before)
        key, message_key = next_message_key(chain.key)
        body = seal_body(message_key, draws["salt"], ad, before, content, size - len(before))
        self.turn = replace(chain, key=key, next_index=chain.next_index + 1)
        return before + body

    # ---- receiving (6.6)

    def opened(self, message, ad, now):
        """The content, and the ratchet after it."""
        if len(message) < SEALED_HEADER_SIZE:
            raise Refused(NO_HEADER_KEY)
        after = self._copy()
        known, header = after._find(message[:SEALED_HEADER_SIZE])
        before_size = SEALED_HEADER_SIZE + KEM_PART_SIZE[header.flags]
        if len(message) <= before_size + BODY_OVERHEAD:
            raise Refused(MALFORMED)
        before, body = message[:before_size], message[before_size:]
        if known is None:
            after._begin_receiving(header, before, now)
            known = after.receiving.known
        message_key = after._message_key(known, header.index, now)
        content = open_body(message_key, ad, before, body)
        after._forget(now)
        return content, after

    def _copy(self):
        return replace(self, receiving=self.receiving and self.receiving.copy(),
                       past=[one.copy() for one in self.past])

    def _known_chains(self):
        """Oldest first."""
        current = [] if self.receiving is None else [self.receiving.known]
        return [one.known for one in self.past] + current

    def _find(self, sealed_header):
        """The chain that the header is of, None for a new one, and the header."""
        current = [] if self.receiving is None else [self.receiving.known]
        for known in (*current, None, *(one.known for one in self.past)):
            try:
                header = open_header(known.header_key if known else self.next_receiving_header,
                                     sealed_header)
            except Refused as refused:
                if refused.kind == AUTHENTICATION_FAILED:
                    continue
                raise
            if known and (header.dh, header.flags) != (known.dh, known.flags):
                raise Refused(MALFORMED)
            return known, header
        raise Refused(NO_HEADER_KEY)

    def _expected_flags(self):
        if isinstance(self.turn, BeforeFirst):
            return NO_KEM
        return KEM_KEY if self.receiving is None else KEM_KEY_AND_CIPHERTEXT

    def _begin_receiving(self, header, before, now):
        if isinstance(self.turn, OurTurn):
            raise Refused(UNKNOWN_CHAIN)
        if header.flags != self._expected_flags():
            raise Refused(MALFORMED)
        received = self.receiving.next_index if self.receiving else 0
        if header.previous_length < received or (not self.receiving and header.previous_length):
            raise Refused(MALFORMED)
        if header.previous_length - received + header.index > MAX_SKIP:
            raise Refused(TOO_MANY_SKIPPED)
        agreement = dh(self.turn.dh_private, header.dh)
        kem_key, shared = None, b""
        if header.flags != NO_KEM:
            kem_key, ciphertext = open_kem_part(self.next_receiving_header,
                                                before[SEALED_HEADER_SIZE:],
                                                before[:SEALED_HEADER_SIZE])
            if ciphertext:
                shared = mlkem.decaps(self.turn.kem_seed, ciphertext)
        self._end_receiving(header.previous_length, now)
        known = KnownChain(self.next_receiving_header, header.dh, header.flags)
        self.root, key, self.next_receiving_header = next_root(self.root, agreement, shared)
        self.receiving = ReceivingChain(known, key, 0)
        self.turn = OurTurn(header.dh, self.turn.next_index, kem_key)

    def _end_receiving(self, previous_length, now):
        if self.receiving is None:
            return
        self._skip_to(previous_length, now)
        self.past = [*self.past, PastChain(self.receiving.known, now)]

    def _skip_to(self, index, now):
        chain = self.receiving
        while chain.next_index < index:
            chain.key, message_key = next_message_key(chain.key)
            chain.known.skipped[chain.next_index] = SkippedKey(now, message_key)
            chain.next_index += 1

    def _message_key(self, known, index, now):
        chain = self.receiving
        if known is not chain.known or index < chain.next_index:
            skipped = known.skipped.pop(index, None)
            if skipped is None or is_old(skipped.derived, now):
                raise Refused(MESSAGE_KEY_UNAVAILABLE)
            return skipped.key
        if index - chain.next_index > MAX_SKIP:
            raise Refused(TOO_MANY_SKIPPED)
        self._skip_to(index, now)
        chain.key, message_key = next_message_key(chain.key)
        chain.next_index += 1
        return message_key

    def _forget(self, now):
        """What 6.5 says after a message was accepted, in its order."""
        kept = [one for one in self.past if not is_old(one.ended, now)]
        self.past = kept[-MAX_PAST_CHAINS:]
        for known in self._known_chains():
            for n, one in list(known.skipped.items()):
                if not is_old(one.derived, now):
                    break
                del known.skipped[n]
        surplus = sum(len(known.skipped) for known in self._known_chains()) - MAX_SKIPPED_KEYS
        for known in self._known_chains():
            for n in list(known.skipped)[:max(surplus, 0)]:
                del known.skipped[n]
                surplus -= 1
