"""Plays a succession of tests/vectors/README.md and holds every outcome against it."""

from histories import Disagreement, agree, agree_on_bytes, edited
from primitives import Refused
from successor import claim, parse_statement, signed_by


def _seeds(of):
    return bytes.fromhex(of["old_seed"]), bytes.fromhex(of["new_seed"])


def _play(transcript):
    signed = claim(*_seeds(transcript), transcript["created"])
    statement = signed_by(signed, *_seeds(transcript))
    agree_on_bytes("statement", statement, transcript["statement"])
    for reading in transcript["readings"]:
        read = edited(statement, reading.get("edit"))
        if "old_seed" in reading:
            read = signed_by(signed, *_seeds(reading))
        try:
            content = parse_statement(read)
        except Refused as refused:
            agree("refusal", refused.kind, reading.get("refused", reading.get("content")))
            continue
        agree("refusal", None, reading.get("refused"))
        agree_on_bytes("content", content, reading["content"])


def check_succession(transcript):
    """Raises Disagreement, naming the seed; otherwise counts what was agreed on."""
    try:
        _play(transcript)
    except (Disagreement, Refused) as problem:
        raise Disagreement(f"seed {transcript['seed']}: {problem}") from None
    return {"refused": sum("refused" in reading for reading in transcript["readings"])}
