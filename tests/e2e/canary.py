"""Planted words, and the search for them: raw, in hex, in base64, in UTF-16.

A canary is short and stands many times in what is sent, so that no page or packet boundary hides
all of its copies. In base64 it looks different at each of the three offsets of a group; what
depends on its neighbours is cut off, and the rest is searched for.
"""

import base64
import mmap
import os
import random
import string

LENGTH = 24


def plant(source: random.Random) -> str:
    return "".join(source.choices(string.ascii_letters + string.digits, k=LENGTH))


def disguises(canary: str) -> dict[str, bytes]:
    """Every form that is searched for, by its name."""
    raw = canary.encode()
    forms = {"raw": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode(),
             "UTF-16LE": canary.encode("utf-16-le"), "UTF-16BE": canary.encode("utf-16-be")}
    for offset in range(3):
        padded = bytes(offset) + raw
        first = 0 if offset == 0 else 4  # the group that the bytes before it are part of
        for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            whole = encode(padded[:len(padded) // 3 * 3])
            forms[f"{name}+{offset}"] = whole[first:]
    return forms


class Search:
    """Looks through files for canaries; keeps count of what it has read."""

    def __init__(self, canaries: dict[str, str]):
        self.forms = [(what, how, form) for what, canary in canaries.items()
                      for how, form in disguises(canary).items()]
        self.files = 0
        self.bytes = 0

    def in_bytes(self, content) -> list[str]:
        return [f"{what} ({how})" for what, how, form in self.forms if content.find(form) >= 0]

    def in_file(self, path: str) -> list[str]:
        size = os.path.getsize(path)
        self.files += 1
        self.bytes += size
        if size == 0:
            return []
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as all_:
            return [f"{path}: {found}" for found in self.in_bytes(all_)]

    def below(self, folder: str) -> list[str]:
        found = []
        for parent, _folders, names in os.walk(folder):
            for path in (os.path.join(parent, name) for name in names):
                found += self.in_bytes(os.fsencode(path))  # the names of files as well
                if os.path.isfile(path) and not os.path.islink(path):
                    found += self.in_file(path)
        return found
