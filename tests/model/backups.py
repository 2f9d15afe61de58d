"""Plays a backup of tests/vectors/README.md and holds every outcome against it."""

from backup import HEADER_SIZE, header, parse_words, parts, words
from histories import Disagreement, agree, agree_on_bytes, edited, octets
from primitives import Refused


def _outcome(expected, compute):
    try:
        content = compute()
    except Refused as refused:
        agree("refusal", refused.kind, expected.get("refused", expected.get("content")))
        return
    agree("refusal", None, expected.get("refused"))
    agree_on_bytes("content", content, expected["content"])


def _play(transcript):
    code = bytes.fromhex(transcript["recovery_code"])
    agree("words", words(code).decode(), transcript["words"])
    for typed in transcript["typed"]:
        _outcome(typed, lambda text=bytes.fromhex(typed["text"]): parse_words(text))

    file, draws = bytes.fromhex(transcript["file"]), octets(transcript["draws"])
    agree_on_bytes("header", header(code, transcript["passes"], transcript["memory_kib"], **draws),
                   file[:HEADER_SIZE].hex())
    agree("parts", [part.hex() for part in parts(file, code)], transcript["parts"])
    for reading in transcript["readings"]:
        other = bytes.fromhex(reading.get("recovery_code", transcript["recovery_code"]))
        read = edited(file, reading.get("edit"))
        _outcome(reading, lambda read=read, other=other: b"".join(parts(read, other)))


def check_backup(transcript):
    """Raises Disagreement, naming the seed; otherwise counts what was agreed on."""
    try:
        _play(transcript)
    except (Disagreement, Refused) as problem:
        raise Disagreement(f"seed {transcript['seed']}: {problem}") from None
    both = transcript["typed"] + transcript["readings"]
    return {"refused": sum("refused" in one for one in both)}
