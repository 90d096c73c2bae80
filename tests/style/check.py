# SPDX-License-Identifier: MIT
"""Checks of the files themselves.

usage: check.py format CLANG-FORMAT | qmllint QMLLINT IMPORT-PATH | licence | plaintext | serverflags SERVER | clientflags CLIENT | keys | compiledqml BUILD
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("client", "server", "qml", "examples", "tests", "bench", "scripts", ".ci")


def files(*suffixes):
    """The project's files that end so; at least one, or there is nothing checked."""
    found = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*")
                   if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts)
    assert found, f"no file ends in {suffixes}"
    return found


def check_format(clang_format):
    return subprocess.run([clang_format, "--dry-run", "-Werror", *files(".cpp", ".h")]).returncode


# The description of QtWebSockets that Debian 12 ships was made for Qt 5; qmllint complains of it wherever it is imported.
FOREIGN = re.compile(r"Warnings occurred while importing module \"QtWebSockets\"|"
                     r"Meta object revision and export version differ")


def check_qmllint(qmllint, import_path):
    # qmllint looks at a file's own folder for its module; the one that was built is complete.
    module = Path(import_path) / "AwesomeChat"
    paths = [module / path.name if path.parent == ROOT / "qml" else path for path in files(".qml")]
    output = subprocess.run([qmllint, "-I", import_path, "--json", "-", *paths],
                            capture_output=True, text=True)
    report = json.loads(output.stdout)["files"]
    assert len(report) == len(paths), output.stderr
    complaints = [(file["filename"], warning) for file in report for warning in file["warnings"]
                  if not FOREIGN.search(warning["message"])]
    for name, warning in complaints:
        print(f"{name}:{warning.get('line', 0)}: {warning['message']}")
    return 1 if complaints else 0


def check_licence():
    bare = [path for path in [ROOT / "CMakeLists.txt", *files(".cpp", ".h", ".qml", ".py", ".js", ".txt", "")]
            if "SPDX-License-Identifier: MIT" not in "".join(path.read_text().splitlines()[:2])]
    for path in bare:
        print(f"{path.relative_to(ROOT)}: no SPDX line at the top")
    return 1 if bare else 0


def block_at(text, brace):
    """The text between the brace at that place and the one that closes it."""
    depth = 0
    for place in range(brace, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[brace:place]
    raise ValueError("a brace is not closed")


def check_plaintext():
    """Every Text says that it is plain: the default turns a stranger's markup into a picture that is fetched."""
    failures = []
    texts = 0
    for path in files(".qml"):
        text = path.read_text()
        for match in re.finditer(r"\b(Text|TextEdit|TextArea)\s*\{", text):
            texts += 1
            if f"textFormat: {match.group(1).replace('Area', 'Edit')}.PlainText" not in block_at(text, match.end() - 1):
                failures.append(f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: "
                                f"a {match.group(1)} that is not plain")
    assert texts, "no text at all"
    print("\n".join(failures))
    return 1 if failures else 0


FLAG = r"--[a-z-]+(?: [A-Z]+)?"


def flags_of_help(text):
    """Each flag, with the name of its value, and its default."""
    entries = re.split(rf"^  (?={FLAG}(?:  |$))", text, flags=re.MULTILINE)[1:]
    assert entries, "the help names no flag"
    return {re.match(FLAG, entry).group(): default_in(" ".join(entry.split("\n\n")[0].split())) for entry in entries}


def flags_of_client(text):
    """The same, of a program whose help Qt writes."""
    flags = re.sub(r"^  (?:-[a-z], )?(--[a-z-]+)(?: <([A-Z]+)>)?(?=  |$)",
                   lambda match: "  " + " ".join(filter(None, match.groups())), text.split("\nArguments:")[0],
                   flags=re.MULTILINE)
    return flags_of_help(flags)


def flags_of_readme(text, program="server"):
    """The same, from the first columns of the tables of the program."""
    section = text.split(f"## The {program}")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (?:`-[a-z]`, )?(`--.*?`) \| (.*) \|$", section, flags=re.MULTILINE)
    assert rows, f"the README names no flag of the {program}"
    return {flag: default_in(meaning.replace("`", ""))
            for cell, meaning in rows for flag in re.findall(f"`({FLAG})`", cell)}


def default_in(sentence):
    """What it is, without what is added to explain it."""
    match = re.search(r"\(default: ([^,)]*)", sentence)
    return match.group(1) if match else None


def check_serverflags(server):
    """The README and --help tell of the same flags, with the same defaults."""
    return compare_flags(flags_of_help(help_of(server)), flags_of_readme((ROOT / "README.md").read_text()))


def check_clientflags(client):
    """So they do of the client."""
    return compare_flags(flags_of_client(help_of(client)), flags_of_readme((ROOT / "README.md").read_text(), "client"))


def check_keys():
    """The README and F1 tell of the same keys, place by place."""
    helped = [("everywhere", ", ".join(re.findall(r'"(.*?)"', keys)).replace("Pg", "Page "))
              for keys in re.findall(r"sequences: \[(.*?)\]", (ROOT / "qml/KeyCommands.qml").read_text())]
    helped += [(place.lower(), keys) for place, keys in
               re.findall(r'place: qsTr\("(.*?)"\), keys: "(.*?)"', (ROOT / "qml/KeyHelp.qml").read_text())]
    read = []
    for table in re.finditer(r"^\| key ?(.*?) \| does \|\n\|---\|---\|\n((?:\|.*\n)+)", (ROOT / "README.md").read_text(),
                             flags=re.MULTILINE):
        place = table.group(1) or "everywhere"
        read += [(place, row.split("|")[1].strip()) for row in table.group(2).splitlines()]
    assert len(helped) > 20 and len(read) > 20, "no keys were found"
    failures = [f"{keys} {place}: not in the README" for place, keys in helped if (place, keys) not in read]
    failures += [f"{keys} {place}: in the README, but not under F1" for place, keys in read if (place, keys) not in helped]
    print("\n".join(failures))
    return 1 if failures else 0


# Qt 6.4.2 compiles "const item = f(); if (item) use(item.y)" to code that takes the variant that the item is in for the item.
WRONG_LOOKUP = re.compile(r"initGetValueLookup\(.*QMetaType::fromName\(\"\w+\*\"\)")


def check_compiledqml(build):
    """What Qt has compiled of the QML would not crash."""
    paths = sorted(Path(build).glob("client/.rcc/qmlcache/**/*_qml.cpp"))
    assert len(paths) >= len(list((ROOT / "qml").glob("*.qml"))), "no compiled QML"
    failures = [f"{path.name}: a property of an item that a variant holds: hand the item to a function that takes a var"
                for path in paths if WRONG_LOOKUP.search(path.read_text())]
    print("\n".join(failures))
    return 1 if failures else 0


def help_of(program):
    return subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout


def compare_flags(helped, read):
    failures = [f"{flag}: not in the README" for flag in helped if flag not in read]
    failures += [f"{flag}: in the README, but not in --help" for flag in read if flag not in helped]
    failures += [f"{flag}: default {helped[flag]} in --help, {read[flag]} in the README"
                 for flag in helped if flag in read and helped[flag] != read[flag]]
    print("\n".join(failures))
    return 1 if failures else 0


CHECKS = {"format": check_format, "qmllint": check_qmllint, "licence": check_licence,
          "plaintext": check_plaintext, "serverflags": check_serverflags, "clientflags": check_clientflags,
          "keys": check_keys, "compiledqml": check_compiledqml}
sys.exit(CHECKS[sys.argv[1]](*sys.argv[2:]))
