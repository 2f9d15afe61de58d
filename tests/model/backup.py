"""Section 9.3: recovery codes, and the backups that they open."""

from nacl import bindings
from nacl.exceptions import CryptoError

from primitives import (AUTHENTICATION_FAILED, MALFORMED, NEWER_VERSION, WRONG_PASSWORD, Refused,
                        hkdf, labelled_hash, number, u8, u32)

CONSONANTS, VOWELS = b"bdfghjklmnprstvz", b"aiou"
ALPHABETS = CONSONANTS, VOWELS, CONSONANTS, VOWELS, CONSONANTS
CODE_SIZE = 16
WORD_SIZE = 2
BETWEEN_WORDS = b"- \t\r\n"

MAGIC = b"bisikbak"
VERSION = 1
HEADER_SIZE = 121
STREAM_OVERHEAD = 17
LARGEST_PART = 65_536
MOST_PASSES, MOST_MEMORY_KIB, LEAST_MEMORY_KIB = 32, 1_048_576, 8


def _word(octets):
    value, letters = number(octets), []
    for alphabet in reversed(ALPHABETS):
        value, digit = divmod(value, len(alphabet))
        letters.append(alphabet[digit])
    return bytes(reversed(letters))


def _word_value(word):
    value = 0
    for letter, alphabet in zip(word, ALPHABETS):
        if letter not in alphabet:
            raise Refused(MALFORMED)
        value = value * len(alphabet) + alphabet.index(letter)
    return value.to_bytes(WORD_SIZE, "big")


def checksum(code):
    return labelled_hash(b"bisik/1 recovery code", code)[:WORD_SIZE]


def words(code):
    octets = code + checksum(code)
    return b"-".join(_word(octets[at:at + WORD_SIZE]) for at in range(0, len(octets), WORD_SIZE))


def parse_words(typed):
    """The code."""
    spaced = bytes(b" "[0] if letter in BETWEEN_WORDS else letter for letter in typed)
    if any(len(word) != len(ALPHABETS) for word in spaced.split(b" ") if word):
        raise Refused(MALFORMED)
    octets = b"".join(_word_value(word) for word in spaced.lower().split(b" ") if word)
    code = octets[:CODE_SIZE]
    if len(octets) != CODE_SIZE + WORD_SIZE or octets[CODE_SIZE:] != checksum(code):
        raise Refused(MALFORMED)
    return code


def _keys(code, salt, passes, memory_kib):
    """The key of the stream, and commit."""
    if not 1 <= passes <= MOST_PASSES or not LEAST_MEMORY_KIB <= memory_kib <= MOST_MEMORY_KIB:
        raise Refused(MALFORMED)
    stretched = bindings.crypto_pwhash_alg(32, code, salt, passes, memory_kib * 1024,
                                           bindings.crypto_pwhash_ALG_ARGON2ID13)
    keys = hkdf(salt, stretched, b"bisik/1 backup keys", 64)
    return keys[:32], keys[32:]


def header(code, passes, memory_kib, salt, stream_header):
    before = (MAGIC + u8(VERSION) + u32(passes) + u32(memory_kib) + salt
              + _keys(code, salt, passes, memory_kib)[1] + stream_header)
    return before + labelled_hash(b"bisik/1 backup header", before)


def _stream(octets, code):
    """What opens the parts, if this is the header of a backup under this code."""
    if octets[:8] != MAGIC or len(octets) < 9:
        raise Refused(MALFORMED)
    if octets[8] > VERSION:
        raise Refused(NEWER_VERSION)
    if (octets[8] != VERSION or len(octets) != HEADER_SIZE
            or octets[89:] != labelled_hash(b"bisik/1 backup header", octets[:89])):
        raise Refused(MALFORMED)
    key, commit = _keys(code, octets[17:33], number(octets[9:13]), number(octets[13:17]))
    if commit != octets[33:65]:
        raise Refused(WRONG_PASSWORD)
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, octets[65:89], key)
    return state


def _pull(stream, sealed, ad):
    try:
        return bindings.crypto_secretstream_xchacha20poly1305_pull(stream, sealed, ad)
    except (CryptoError, RuntimeError):
        raise Refused(AUTHENTICATION_FAILED) from None


def parts(file, code):
    """All parts of a backup."""
    head, rest = file[:HEADER_SIZE], file[HEADER_SIZE:]
    stream = _stream(head, code)
    opened, tag = [], None
    while tag != bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL:
        size = number(rest[:4])
        if len(rest) < 4 or not 0 <= size - STREAM_OVERHEAD <= LARGEST_PART:
            raise Refused(MALFORMED)
        if len(rest) - 4 < size:
            raise Refused(MALFORMED)  # cut off
        part, tag = _pull(stream, rest[4:4 + size], head)
        opened.append(part)
        rest = rest[4 + size:]
    if rest:
        raise Refused(MALFORMED)
    return opened
