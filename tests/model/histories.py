"""Plays a ratchet history of tests/vectors/README.md and holds every outcome against it."""

import copy
import hashlib
from dataclasses import replace

from chains import BeforeFirst, OurTurn, next_message_key
from primitives import Refused, dh_public
from ratchet import Ratchet

WHO = "alice", "bob"


class Disagreement(Exception):
    """The model computes something else than the transcript says."""


def agree(what, ours, theirs):
    if ours != theirs:
        raise Disagreement(f"{what}: the model has {ours}, the transcript {theirs}")


def agree_on_bytes(what, ours, theirs):
    """`theirs` is hex."""
    if ours.hex() == theirs:
        return
    other = bytes.fromhex(theirs)
    at = next((i for i, (a, b) in enumerate(zip(ours, other)) if a != b), None)
    where = f"{len(ours)} bytes against {len(other)}" if at is None else f"from byte {at} on"
    raise Disagreement(f"{what}: the model and the transcript differ, {where}")


def octets(fields):
    """The draws of an event, as bytes."""
    return {name: bytes.fromhex(value) for name, value in fields.items()}


def edited(wire, edit):
    if edit is None:
        return wire
    if "keep" in edit:
        return wire[:edit["keep"]]
    at = edit["at"]
    return wire[:at] + bytes([wire[at] ^ edit["xor"]]) + wire[at + 1:]


class History:
    """Both ends, and every message so far."""

    def __init__(self, history):
        root, initiator, responder, signed_prekey = (bytes.fromhex(history[name]) for name in (
            "root", "initiator_header", "responder_next_header", "signed_prekey"))
        alice = Ratchet(root, initiator, responder, OurTurn(dh_public(signed_prekey), 0, None))
        alice.begin_chain(octets(history["draws"]))
        agree_on_bytes("Alice's first state", alice.stored, history["alice_state"])
        bob = Ratchet(root, responder, initiator, BeforeFirst(signed_prekey))
        self.ends = dict(zip(WHO, (alice, bob)))
        self.sends_as = {who: bytes.fromhex(history["from_" + who]) for who in WHO}
        self.wires = []
        self.after = []  # per event, the end that took part

    def play(self, event):
        who = event["who"]
        getattr(self, event["do"])(who, event)
        # Whatever changes is replaced by another object: a shallow copy keeps the state.
        self.after.append(copy.copy(self.ends[who]))
        agree("state", hashlib.sha256(self.ends[who].stored).hexdigest(), event["state"])

    def send(self, who, event):
        end, draws = self.ends[who], octets(event["draws"])
        end.begin_chain(draws)
        wire = end.seal(bytes.fromhex(event["content"]), self.sends_as[who], event["size"], draws)
        agree_on_bytes("message", wire, event["wire"])
        self.wires.append(wire)

    def skip(self, who, event):
        """Messages that nobody will see: the chain goes on."""
        chain = self.ends[who].turn
        key = chain.key
        for _ in range(event["count"]):
            key, _ = next_message_key(key)
        self.ends[who].turn = replace(
            chain, key=key, next_index=chain.next_index + event["count"])

    def open(self, who, event):
        wire = self.wires[event["message"]] if "message" in event else bytes.fromhex(event["wire"])
        sender, = set(WHO) - {who}
        try:
            content, self.ends[who] = self.ends[who].opened(
                edited(wire, event.get("edit")), self.sends_as[sender], event["now"])
        except Refused as refused:
            agree("refusal", refused.kind, event.get("refused", event.get("content")))
        else:
            agree("content", content.hex(), event.get("content", event.get("refused")))

    def restore(self, who, event):
        self.ends[who] = copy.copy(self.after[event["to"]])


def check_history(history):
    """Raises Disagreement, naming seed and event; otherwise counts what was agreed on."""
    counts = {"messages": 0, "opened": 0, "refused": 0}
    at = None
    try:
        play = History(history)
        for at, event in enumerate(history["events"]):
            play.play(event)
            counts["messages"] += event["do"] == "send"
            counts["opened"] += event["do"] == "open" and "content" in event
            counts["refused"] += "refused" in event
    except Disagreement as problem:
        raise Disagreement(f"seed {history['seed']}, event {at}: {problem}") from None
    return counts
