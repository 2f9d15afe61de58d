#!/usr/bin/env python3
"""The tables in the pages of the manual (docs/man) are what the programs say of themselves.

A page is written by people. Between '.\\" begin NAME' and '.\\" end NAME' stands what is made from
the help of the program: the options of every command (begin options), or a command with what it
takes. `pages_test.py --update` writes that anew, and puts a command that has no place yet behind
all others; without it the test says what differs.
"""

import difflib
import os
import re
import shutil
import subprocess
import sys
import unittest

from program_help import commands_of

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "man")
PAGES = {"bisik.1": os.environ["BISIK"], "bisik-relay.1": os.environ["BISIK_RELAY"]}
REGION = re.compile(r'^\.\\" begin (.+)\n((?:.*\n)*?)\.\\" end \1\n', re.M)
EVERYWHERE = "options"  # the region of the program's own options


def plain(text):
    """So that roff takes nothing of it for its own."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return text if not text.startswith(".") else "\\&" + text


def bold(text):
    return f"\\fB{plain(text)}\\fR"


def named(word):
    """A word of the line: what is in capitals stands for something, the rest is typed."""
    pieces = re.split(r"([A-Z][A-Z:]*)", word)
    return "".join(f"\\fI{piece}\\fR" if index % 2 else plain(piece)
                   for index, piece in enumerate(pieces))


def words(text):
    """With names of options in bold."""
    pieces = re.split(r"(?<!\S)(--[a-z][a-z-]*)", text)
    return "".join(bold(piece) if index % 2 else plain(piece) for index, piece in enumerate(pieces))


def entry(option):
    names = ", ".join(bold(name) for name in option.names)
    value = "" if not option.value else " " + named(option.value)
    return f".TP\n{names}{value}\n{words(option.words)}\n"


def described(argument):
    return f".TP\n{named(argument.names[0])}\n{words(argument.words)}\n"


def synopsis(command):
    taken = [named(command.usage)] if command.usage else []
    for option in command.options:
        if option.required:
            taken.append(f"{bold(option.names[-1])} {named(option.value)}")
    has_others = not all(option.required for option in command.options)
    return " ".join([bold(command.path), *taken, *(["[\\fIoptions\\fR]"] if has_others else [])])


def text_of(command, is_first):
    """`is_first`: the program itself, of which only the options are wanted."""
    entries = "".join(entry(option) for option in command.options)
    if is_first:
        return entries
    entries = "".join(described(one) for one in command.arguments) + entries
    table = f".RS\n{entries}.RE\n.IP\n" if entries else ""
    return f".TP\n{synopsis(command)}\n{words(command.words)}.\n{table}"


def tables_of(program):
    """By the name of the region."""
    commands = list(commands_of(program))
    return {command.path or EVERYWHERE: text_of(command, command is commands[0])
            for command in commands}


def region(name, text):
    return f'.\\" begin {name}\n{text}.\\" end {name}\n'


def updated(page, tables):
    """Raises LookupError where the page has a region of something that there is not."""
    there = [found[1] for found in REGION.finditer(page)]
    unknown = set(there) - set(tables)
    if unknown:
        raise LookupError(f"there is no command {', '.join(unknown)} any more")
    page = REGION.sub(lambda found: region(found[1], tables[found[1]]), page)
    missing = "".join(region(name, text) for name, text in tables.items() if name not in there)
    last = list(REGION.finditer(page.partition(f'.\\" begin {EVERYWHERE}\n')[0]))
    at = last[-1].end() if last else len(page)
    return page[:at] + missing + page[at:]


def read(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


class Pages(unittest.TestCase):
    def test_each_says_what_its_program_takes(self):
        for name, program in PAGES.items():
            page = read(name)
            wanted = updated(page, tables_of(program))
            differ = "".join(difflib.unified_diff(page.splitlines(True), wanted.splitlines(True),
                                                  name, "what the program says"))
            self.assertEqual(page, wanted, f"\n{differ}\nbuild the target manual")

    def test_roff_finds_nothing_wrong(self):
        if shutil.which("groff") is None:
            self.skipTest("no groff here")
        for name in PAGES:
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z",
                                   os.path.join(FOLDER, name)], capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)


class Updating(unittest.TestCase):
    PAGE = 'before\n.\\" begin send\nold\n.\\" end send\nprose\n.\\" begin options\n' \
           '.\\" end options\nbehind\n'

    def test_an_option_that_is_new_comes_into_the_page_and_prose_stays(self):
        page = updated(self.PAGE, {"options": "all\n", "send": "new\n"})
        self.assertEqual(page, self.PAGE.replace("old", "new").replace(
            "begin options\n", "begin options\nall\n"))
        self.assertEqual(updated(page, {"options": "all\n", "send": "new\n"}), page)

    def test_a_command_that_is_new_stands_behind_the_others(self):
        page = updated(self.PAGE, {"options": "", "send": "old\n", "wave": "waves\n"})
        self.assertIn('end send\n.\\" begin wave\nwaves\n.\\" end wave\nprose', page)

    def test_a_command_that_is_gone_is_for_people_to_take_out(self):
        with self.assertRaises(LookupError):
            updated(self.PAGE, {"options": ""})


def update():
    for name, program in PAGES.items():
        page = updated(read(name), tables_of(program))
        with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
            file.write(page)


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        update()
    else:
        unittest.main()
