"""Plays a meeting of tests/vectors/README.md and holds every outcome against it."""

import hashlib
from dataclasses import replace

from handshake import PrekeyChoice
from histories import Disagreement, agree, agree_on_bytes, edited, octets
from primitives import Refused, number
from records import PqPrekey, Prekey, SealKey, make_record
from safety_number import account_fingerprint, digits, qr_bytes
from seal import open_first
from session import accept, start


def _outcome(expected, opening):
    """What `opening` gives is what the transcript has; None if it is refused."""
    try:
        result = opening()
    except Refused as refused:
        agree("refusal", refused.kind, expected.get("refused", expected.get("content")))
        return None
    agree("refusal", None, expected.get("refused"))
    return result


def _state(session):
    return hashlib.sha256(session.stored).hexdigest()


class Person:
    """Alice or Bob."""

    def __init__(self, person):
        seeds = octets({name: person[name] for name in (
            "account_seed", "signing_seed", "identity_private")})
        self.identity_private = seeds["identity_private"]
        self.record = make_record(**seeds, device=person["device"], created=person["created"])


class Meeting:
    """Both, and Bob's prekeys."""

    def __init__(self, meeting):
        self.alice, self.bob = Person(meeting["alice"]), Person(meeting["bob"])
        self.signed = self._prekey(meeting["signed_prekey"])
        self.one_time = meeting["one_time_key"] and self._prekey(meeting["one_time_key"])
        pq = meeting["pq_prekey"]
        self.pq = PqPrekey(number(bytes.fromhex(pq["number"])), bytes.fromhex(pq["seed"]))
        self.seal_key = SealKey(*octets(meeting["seal_key"]).values())
        one_time = self.one_time
        self.choice = PrekeyChoice(
            self.signed.number, self.signed.public, pq["kind"], self.pq.number, self.pq.public,
            one_time.number if one_time else 0, one_time.public if one_time else None)
        self.now = meeting["now"]

    @staticmethod
    def _prekey(prekey):
        return Prekey(number(bytes.fromhex(prekey["number"])), bytes.fromhex(prekey["private"]))

    def start(self, draws, choice=None, seal_public=None):
        return start(self.alice.record, self.alice.identity_private, self.bob.record,
                     choice or self.choice, seal_public or self.seal_key.public, draws)

    def bad_start(self, bad, draws):
        """With one of Bob's keys replaced by a point with which nothing can be agreed on."""
        point, choice, seal_public = bytes.fromhex(bad["value"]), self.choice, self.seal_key.public
        if bad["key"] == "seal_key":
            seal_public = point, seal_public[1]
        else:
            field = {"signed_prekey": "signed", "one_time_key": "one_time"}[bad["key"]]
            choice = replace(choice, **{field: point})
        _outcome(bad, lambda: self.start(draws, choice, seal_public))

    def accept(self, cell):
        fields, message = open_first(self.seal_key, cell)
        return accept(fields, message, self.bob.record, self.bob.identity_private, self.choice.ids,
                      self.signed, self.one_time, self.pq, self.now)


def _send(session, message):
    cell = session.seal(bytes.fromhex(message["content"]), octets(message["draws"]))
    agree("cell size", len(cell), message["size"])
    agree_on_bytes("cell", cell, message["cell"])
    agree("state of the sender", _state(session), message["state"])
    return cell


def _offered(offer, cells):
    if "cell" in offer:
        return bytes.fromhex(offer["cell"])
    return edited(cells[offer["message"]], offer["edit"])


def _opened(session, message, expected, now):
    content = session.open(message, now)
    agree_on_bytes("content", content, expected.get("content", ""))
    agree("state of the receiver", _state(session), expected["state"])


def _play(transcript):
    meeting = Meeting(transcript)
    agree_on_bytes("Alice's record", meeting.alice.record.octets, transcript["alice_record"])
    agree_on_bytes("Bob's record", meeting.bob.record.octets, transcript["bob_record"])
    both = [account_fingerprint(one.record.account_key) for one in (meeting.alice, meeting.bob)]
    agree("safety number", digits(*both), transcript["safety_number"]["digits"])
    agree_on_bytes("QR code", qr_bytes(*both), transcript["safety_number"]["code"])

    draws = octets(transcript["draws"])
    for bad in transcript["bad_starts"]:
        meeting.bad_start(bad, draws)
    hers = meeting.start(draws)
    agree_on_bytes("T", hers.transcript, transcript["transcript"])
    agree_on_bytes("Alice's first state", hers.stored, transcript["alice_state"])
    cells = [_send(hers, message) for message in transcript["first_messages"]]
    for offer in transcript["offers"]:
        _outcome(offer, lambda cell=_offered(offer, cells): meeting.accept(cell))

    first = transcript["arrives_first"]
    his, content = meeting.accept(cells[first])
    agree_on_bytes("first content", content, transcript["accepted"]["content"])
    agree("Bob's first state", _state(his), transcript["accepted"]["state"])
    _opened(his, open_first(meeting.seal_key, cells[1 - first])[1], transcript["opened"],
            meeting.now)
    answer = transcript["answer"]
    _opened(hers, _send(his, answer), answer["opened"], meeting.now)


def check_meeting(transcript):
    """Raises Disagreement, naming the seed; otherwise counts what was agreed on."""
    try:
        _play(transcript)
    except (Disagreement, Refused) as problem:
        raise Disagreement(f"seed {transcript['seed']}: {problem}") from None
    return {"refused": len(transcript["offers"]) + len(transcript["bad_starts"])}
