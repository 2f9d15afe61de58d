"""What a program takes, as its --help says: commands, positional arguments and options."""

import dataclasses
import os
import re
import subprocess

HELP = "Print this help message and exit"


@dataclasses.dataclass
class Option:
    names: list  # of an argument the only one is what stands in the line
    value: str  # empty: a flag
    required: bool
    words: str


@dataclasses.dataclass
class Command:
    path: str  # "devices remove"; empty: the program itself
    usage: str  # what stands behind it and its options
    words: str
    arguments: list
    options: list
    commands: list  # names of those below it


def parts_of(text):
    """The paragraphs below a heading, as pairs of what stands left and right of the column. What is
    too long for the left has a line of its own."""
    lines = text.split("\n")
    column = next(line.index(HELP) for line in lines if HELP in line)
    parts, part = {}, None
    for line, following in zip(lines, lines[1:] + [""]):
        heading = re.fullmatch(r"(Positionals|Options|Subcommands):", line)
        if heading:
            part = parts.setdefault(heading[1], [])
        elif not line.strip():
            part = None
        elif part is not None and line.startswith(" " * column):
            part[-1][1] = line.strip()
        elif part is not None and following.startswith(" " * column):
            part.append([line.strip(), ""])
        elif part is not None:
            part.append([line[:column].strip(), line[column:].strip()])
    return parts


def sentence(words):
    return words if not words or words.endswith(".") else words + "."


def without_notes(left, right):
    """What is typed; and the words, with what the notes behind it say."""
    left, _, others = re.sub(r" \(not with (.*)\)$", r" Excludes: \1", left).partition(
        " Excludes: ")
    words = sentence(right)
    if others:
        words += " Not with " + " or ".join(re.split(r",? ", others)) + "."
    return left, words


def argument_of(left, right):
    left, words = without_notes(left, right)
    return Option([left if "[" in left else left.split()[0]], "", False, words)


def option_of(left, right):
    left, words = without_notes(left, right)
    required = left.endswith(" (required)")
    left = left.removesuffix(" (required)").removesuffix(" ...")
    names, _, value = left.partition(" ")
    choices = re.fullmatch(r"[A-Z]+:\{(.*)\}", value)
    value = "|".join(choices[1].split(",")) if choices else value
    value, _, default = value.partition("=")
    words += f" Default: {default}." if default else ""
    return Option(re.sub(r"\{\w+\}", "", names).split(","), value, required, words)


def command_of(program, path):
    done = subprocess.run([program, *path.split(), "--help"], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=60, check=True,
                          env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"})
    words, usage = done.stdout.split("\n")[:2]
    usage = re.sub(r" \[?SUBCOMMANDS?\]?$", "", usage.partition("[OPTIONS]")[2])
    parts = parts_of(done.stdout)
    return Command(path, usage.strip(), words,
                   [argument_of(*pair) for pair in parts.get("Positionals", [])],
                   [option_of(*pair) for pair in parts.get("Options", []) if HELP not in pair[1]],
                   [left for left, _ in parts.get("Subcommands", [])])


def commands_of(program, path=""):
    """The program, then every command, each before those below it."""
    command = command_of(program, path)
    yield command
    for name in command.commands:
        yield from commands_of(program, f"{path} {name}".strip())
