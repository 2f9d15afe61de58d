"""Judges what arrived. It reads histories and what `receive` printed, and knows nothing else."""

from collections import Counter

# And perhaps further: receipts come late, and may not come at all.
ON_THE_RELAY = {"relay", "delivered", "read"}


def brief(text):
    return f"{text[:24]!r}… of {len(text.encode())} bytes" if len(text) > 24 else repr(text)


def compare(who, sent, got):
    """What is wrong with the order, the number and the bytes of `got`: sentences, none if right."""
    if got == sent:
        return []
    lost = list((Counter(sent) - Counter(got)).elements())
    surplus = list((Counter(got) - Counter(sent)).elements())
    known = set(sent)
    return ([f"{who}: lost {brief(text)}" for text in lost] +
            [f"{who}: doubled {brief(text)}" for text in surplus if text in known] +
            [f"{who}: phantom or corrupt {brief(text)}" for text in surplus if text not in known] +
            ([] if lost or surplus else
             [f"{who}: reordered from {first_difference(sent, got)} on"]))


def first_difference(sent, got):
    return next(at for at, (one, other) in enumerate(zip(sent, got)) if one != other)


def judge_history(who, history, ours, theirs):
    """`history NAME --json` of one side, against what both sides sent."""
    wrong = compare(f"{who}'s history, own messages", ours,
                    [message["text"] for message in history if message["ours"]])
    wrong += compare(f"{who}'s history, received messages", theirs,
                     [message["text"] for message in history if not message["ours"]])
    states = {message["state"] for message in history if message["ours"]} - ON_THE_RELAY
    wrong += [f"{who}: own messages in state {state}" for state in sorted(states)]
    ids = Counter(message["id"] for message in history)
    return wrong + [f"{who}: id {each} twice" for each, times in ids.items() if times > 1]


class Stream:
    """All that one person's `receive` commands printed, one after another.

    A message is printed once, except that what a killed command printed may be printed again.
    """

    def __init__(self, who):
        self.who = who
        self.texts = []
        self.wrong = []
        self._seen = {}
        self._in_doubt = set()  # printed by a killed command: perhaps not acknowledged

    def add(self, messages, killed):
        for message in messages:
            name, text = message["id"], message["text"]
            if name not in self._seen:
                self._seen[name] = text
                self.texts.append(text)
            elif name not in self._in_doubt:
                self.wrong.append(f"{self.who}: {name} was printed twice")
            elif self._seen[name] != text:
                self.wrong.append(f"{self.who}: {name} was printed with two texts")
        printed = {message["id"] for message in messages}
        self._in_doubt = self._in_doubt | printed if killed else set()
