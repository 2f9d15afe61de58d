"""The model gives every byte of the project's own vectors, and notices when one is another.

    vectors_test.py FOLDER        (tests/vectors)
"""

import copy
import json
import pathlib
import sys
import unittest

from backups import check_backup
from histories import Disagreement, check_history
from linkings import check_linking
from meetings import check_meeting
from successions import check_succession

FOLDER = pathlib.Path(sys.argv.pop())
OUTCOMES = ("wire", "cell", "state", "content", "refused", "alice_state", "transcript", "code",
            "digits", "alice_record", "bob_record", "ephemeral", "commitment", "secret", "queue",
            "read_key", "write_key", "cell_key", "record", "words", "file", "statement")


def transcripts(name):
    return json.loads((FOLDER / name).read_text())["tests"]


def outcomes(value):
    """Every place in a transcript where something came out: the object and the field."""
    children = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict):
        given = ("wire", "cell") if "draws" not in value else ()  # forged: it went in
        yield from ((value, name) for name in OUTCOMES if name in value and name not in given)
    for child in children:
        if isinstance(child, (dict, list)):
            yield from outcomes(child)


class Vectors(unittest.TestCase):
    def test_handshakes(self):
        for transcript in transcripts("handshake.json"):
            check_meeting(transcript)

    def test_ratchet_histories(self):
        for transcript in transcripts("ratchet.json"):
            check_history(transcript)

    def test_linkings(self):
        for transcript in transcripts("linking.json"):
            check_linking(transcript)

    def test_backups(self):
        for transcript in transcripts("backup.json"):
            check_backup(transcript)

    def test_successions(self):
        for transcript in transcripts("successor.json"):
            check_succession(transcript)


class PlantedDefect(unittest.TestCase):
    def notices_each(self, check, transcript):
        for at in range(sum(1 for _ in outcomes(transcript))):
            altered = copy.deepcopy(transcript)
            place, name = list(outcomes(altered))[at]
            value = place[name]
            place[name] = value[:-1] + ("0" if value[-1:] != "0" else "1")
            with self.assertRaises(Disagreement, msg=f"{name} of outcome {at}"):
                check(altered)

    def test_no_handshake_with_another_outcome(self):
        self.notices_each(check_meeting, transcripts("handshake.json")[0])

    def test_no_history_with_another_outcome(self):
        self.notices_each(check_history, transcripts("ratchet.json")[0])

    def test_no_linking_with_another_outcome(self):
        self.notices_each(check_linking, transcripts("linking.json")[0])

    def test_no_backup_with_another_outcome(self):
        self.notices_each(check_backup, transcripts("backup.json")[0])

    def test_no_succession_with_another_outcome(self):
        self.notices_each(check_succession, transcripts("successor.json")[0])


if __name__ == "__main__":
    unittest.main()
