"""Section 2.10: the statement by which one account key goes on as another."""

from primitives import LATEST_TIME, MALFORMED, Refused, number, sign, signing_public, u64, verify

CLAIM_SIZE = 72
STATEMENT_SIZE = 200
BY_OLD = b"bisik/1 successor by old account"
BY_NEW = b"bisik/1 successor by new account"


def claim(old_seed, new_seed, created):
    return signing_public(old_seed) + signing_public(new_seed) + u64(created)


def signed_by(signed, old_seed, new_seed):
    return signed + sign(old_seed, BY_OLD, signed) + sign(new_seed, BY_NEW, signed)


def parse_statement(octets):
    """The claim that both keys have signed."""
    if len(octets) != STATEMENT_SIZE:
        raise Refused(MALFORMED)
    signed, signatures = octets[:CLAIM_SIZE], octets[CLAIM_SIZE:]
    old_key, new_key = signed[:32], signed[32:64]
    if number(signed[64:]) > LATEST_TIME or old_key == new_key:
        raise Refused(MALFORMED)
    verify(old_key, BY_OLD, signed, signatures[:64])
    verify(new_key, BY_NEW, signed, signatures[64:])
    return signed
