"""Plays a linking of tests/vectors/README.md and holds every outcome against it."""

from histories import Disagreement, agree, agree_on_bytes, edited, octets
from linking import (GRANT_CELL, OFFER_CELL, REVEAL_CELL, NewDevice, Primary, open_cell, seal_cell)
from primitives import Refused, dh_public

BAD_CELLS = "bad_offers", "bad_reveals", "bad_grants"


def _send(message, key, label, content):
    draws = octets(message["draws"])
    cell = seal_cell(key, label, content, message["size"], draws["salt"])
    agree("cell size", len(cell), message["size"])
    agree_on_bytes("cell", cell, message["cell"])
    return cell


def _refuse(bads, genuine, opening):
    """Each bad cell has the outcome that it has in the transcript."""
    for bad in bads:
        cell = bytes.fromhex(bad["cell"]) if "cell" in bad else edited(genuine, bad["edit"])
        try:
            opening(cell)
        except Refused as refused:
            agree("refusal", refused.kind, bad.get("refused"))
        else:
            agree("refusal", None, bad.get("refused"))
            agree("content", "", bad["content"])


def _play(transcript):
    new_device = NewDevice(octets(transcript["new_device"]),
                           dh_public(bytes.fromhex(transcript["network_private"])))
    code = new_device.ephemeral, new_device.commitment, new_device.draws["secret"]
    for name, value in zip(("ephemeral", "commitment", "secret"), code):
        agree_on_bytes(name, value, transcript["link"][name])
    for name, queue in transcript["rendezvous"].items():
        for field, value in queue.items():
            agree_on_bytes(f"{field} of {name}", new_device.queues[name][field], value)

    primary = Primary(bytes.fromhex(transcript["account_seed"]), code, transcript["device"],
                      transcript["created"], octets(transcript["primary"]))
    offered = _send(transcript["offer"], primary.queues["offer"]["cell_key"], OFFER_CELL,
                    primary.offer.octets)
    _refuse(transcript["bad_offers"], offered, new_device.open_offer)
    reveal, ours = new_device.accept(new_device.open_offer(offered))
    revealed = _send(transcript["reveal"], new_device.queues["answer"]["cell_key"], REVEAL_CELL,
                     reveal.octets)
    _refuse(transcript["bad_reveals"], revealed, primary.open_reveal)
    seen, theirs = primary.open_reveal(revealed)
    agree("the two sides", ours, theirs)
    agree("digits", ours.digits, transcript["digits"])

    granted = _send(transcript["grant"], theirs.grant_key, GRANT_CELL,
                    bytes.fromhex(transcript["grant"]["content"]))
    _refuse(transcript["bad_grants"], granted,
            lambda cell: open_cell(ours.grant_key, GRANT_CELL, cell))
    agree_on_bytes("record", primary.record(seen), transcript["record"])


def check_linking(transcript):
    """Raises Disagreement, naming the seed; otherwise counts what was agreed on."""
    try:
        _play(transcript)
    except (Disagreement, Refused) as problem:
        raise Disagreement(f"seed {transcript['seed']}: {problem}") from None
    bads = [bad for kind in BAD_CELLS for bad in transcript[kind]]
    return {"refused": sum("refused" in bad for bad in bads)}
