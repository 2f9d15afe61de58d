"""The model's ML-KEM-768 and safety number give the published values.

    published_test.py FOLDER

FOLDER has the published vectors; the environment variable BISIK_VECTORS names another. What is not
there is said to be NOT CHECKED.
"""

import json
import os
import pathlib
import sys
import unittest

import mlkem
import safety_number

FOLDER = pathlib.Path(os.environ.get("BISIK_VECTORS", sys.argv.pop()))


def cases(name, *suites):
    path = FOLDER / name
    if not path.exists():
        raise unittest.SkipTest(f"NOT CHECKED, there is no {path}: set BISIK_VECTORS")
    found = [case for case in json.loads(path.read_text())["tests"] if case["suite"] in suites]
    assert found, f"{path} has no {suites}"
    return found


def octets(case, *fields):
    return [bytes.fromhex(case[field]) for field in fields]


class Acvp(unittest.TestCase):
    def test_key_generation(self):
        for case in cases("acvp_mlkem768.json", "keyGen"):
            d, z, ek = octets(case, "d", "z", "ek")
            self.assertEqual(mlkem.public_key(d + z), ek)

    def test_encapsulation(self):
        for case in cases("acvp_mlkem768.json", "encapsulation"):
            ek, m, c, k = octets(case, "ek", "m", "c", "k")
            self.assertEqual(mlkem.encaps(ek, m), (c, k))

    def test_key_check(self):
        for case in cases("acvp_mlkem768.json", "encapsulationKeyCheck"):
            self.assertEqual(mlkem.is_canonical(*octets(case, "ek")), case["testPassed"])


class Wycheproof(unittest.TestCase):
    def test_decapsulation_also_of_what_was_altered(self):
        for case in cases("wycheproof_mlkem768.json", "decaps_from_seed"):
            if case["result"] == "valid":
                seed, c, k = octets(case, "seed", "c", "K")
                self.assertEqual(mlkem.decaps(seed, c), k, case.get("comment"))

    def test_encapsulation_to_good_and_bad_keys(self):
        for case in cases("wycheproof_mlkem768.json", "encaps"):
            ek, m, c, k = octets(case, "ek", "m", "c", "K")
            self.assertEqual(mlkem.is_canonical(ek), case["result"] == "valid")
            if case["result"] == "valid":
                self.assertEqual(mlkem.encaps(ek, m), (c, k))


class Cctv(unittest.TestCase):
    def test_matrix_that_needs_more_of_the_xof_than_usual(self):
        for case in cases("cctv_mlkem768.json", "unlucky_encaps"):
            ek, m, c, k = octets(case, "ek", "m", "c", "K")
            self.assertEqual(mlkem.encaps(ek, m), (c, k))


class Signal(unittest.TestCase):
    """With their prefix and ids, their digits."""

    def test_safety_number(self):
        for case in cases("signal.json", "fingerprint"):
            both = []
            for who in "ab":
                key, = octets(case, "key_" + who)
                fingerprint = safety_number.fingerprint(b"\0\0", key, case["id_" + who].encode())
                self.assertEqual(fingerprint.hex(), case["fingerprint_" + who])
                both.append(fingerprint)
            self.assertEqual(safety_number.digits(*both), case["display"])


if __name__ == "__main__":
    outcome = unittest.main(exit=False).result
    checked = outcome.testsRun > len(outcome.skipped)
    sys.exit(1 if not outcome.wasSuccessful() else 0 if checked else 77)
