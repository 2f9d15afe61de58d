"""Holds what the C++ program writes against the model.

    agreement.py PROGRAM handshakes|histories|linkings|backups|successions COUNT [FIRST_SEED]

PROGRAM is bisik_model_transcripts. Ends with one line of figures, and with 1 unless all agree.
"""

import json
import subprocess
import sys

from backups import check_backup
from histories import Disagreement, check_history
from linkings import check_linking
from meetings import check_meeting
from successions import check_succession

CHECKS = {"handshakes": check_meeting, "histories": check_history,
          "linkings": check_linking, "backups": check_backup,
          "successions": check_succession}
SHOWN = 5  # disagreements; more only repeat them


def compare(program, what, first, count):
    """How many of `count` agree, and of how many steps of each kind that is."""
    totals, agreed, different = {}, 0, 0
    command = [program, what, str(first), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as transcripts:
        for line in transcripts.stdout:
            try:
                counts = CHECKS[what](json.loads(line))
            except Disagreement as problem:
                different += 1
                if different <= SHOWN:
                    print(problem)
                continue
            agreed += 1
            for name, n in counts.items():
                totals[name] = totals.get(name, 0) + n
    if transcripts.returncode != 0:
        print(f"{program} ended with {transcripts.returncode}")
    return agreed, totals


def main(program, what, count, first="1"):
    agreed, totals = compare(program, what, int(first), int(count))
    details = ", ".join(f"{n} {name}" for name, n in totals.items())
    print(f"{agreed} {what} of {count} agree: {details}")
    return 0 if agreed == int(count) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
