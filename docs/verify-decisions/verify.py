#!/usr/bin/env python3
"""Verifies an export of a project's decisions, without Portico. README.md describes the format."""

import argparse
import base64
import hashlib
import json
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Invalid(Exception):
    """A decision that does not verify: its position and the reason."""


def canonical(value):
    """Canonical JSON (RFC 8785). Enough for these objects: their names are ASCII, their numbers are integers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_keys(key_set):
    """Keys by their id, the thumbprint of RFC 7638, which is computed here."""
    keys = {}
    for key in key_set["keys"]:
        thumbprint = canonical({"crv": key["crv"], "kty": key["kty"], "x": key["x"]})
        key_id = base64.urlsafe_b64encode(hashlib.sha256(thumbprint).digest()).rstrip(b"=").decode()
        keys[key_id] = Ed25519PublicKey.from_public_bytes(unpadded(key["x"]))
    return keys


HASHED = [
    "projectId", "position", "id", "kind", "subjectId", "outcome", "documentHash", "decidedAt", "decidedBy",
    "termsVersion", "evidenceHash", "prevHash",
]
EVIDENCE = ["salt", "ipAddress", "userAgent", "onBehalfReason"]


def verify_decision(decision, position, previous, keys):
    def require(condition, reason):
        if not condition:
            raise Invalid(f"position {position}: {reason}")

    require(decision["position"] == position, f"there is the decision of position {decision['position']}")
    if previous is not None:
        require(decision["projectId"] == previous["projectId"], "it is of another project")
    if decision["document"] is not None:
        document_hash = sha256(decision["document"].encode())
        require(document_hash == decision["documentHash"], "the document does not have the hash documentHash")
    evidence = decision.get("evidence")
    if evidence is not None:
        evidence_hash = sha256(canonical({name: evidence[name] for name in EVIDENCE}))
        require(evidence_hash == decision["evidenceHash"], "the evidence does not have the hash evidenceHash")
    prev_hash = previous["hash"] if previous else None
    require(decision["prevHash"] == prev_hash, "prevHash is not the hash of the previous decision")
    form = {name: decision[name] for name in HASHED}
    form["decidedBy"] = {name: decision["decidedBy"][name] for name in ("id", "name")}
    form["format"] = "portico-decision/1"
    require(sha256(canonical(form)) == decision["hash"], "hash is not the hash of the decision")
    require(decision["signature"] is not None, "it is not signed")
    key = keys.get(decision["keyId"])
    require(key is not None, f"it is signed with the key {decision['keyId']}, which is not among the known keys")
    head = {
        "format": "portico-decision-head/1",
        "projectId": decision["projectId"],
        "position": position,
        "hash": decision["hash"],
    }
    try:
        key.verify(unpadded(decision["signature"]), canonical(head))
    except (InvalidSignature, ValueError):
        require(False, "the signature is wrong")


def verify_file(decisions, position, path):
    """Requires that the decision at a position lists a file with these bytes."""
    if position > len(decisions):
        raise Invalid(f"position {position}: there is no such decision, so none with the file {path}")
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            digest.update(part)
    document = json.loads(decisions[position - 1]["document"] or "{}")
    if digest.hexdigest() not in {file["sha256"] for file in document.get("files", [])}:
        raise Invalid(f"position {position}: the document does not list the file {path}")


def verify(decisions, keys, heads, files=()):
    """Verifies decisions in the order of positions. `heads` are pairs of position and hash, from mails; `files` are pairs of
    position and path."""
    previous = None
    for position, decision in enumerate(decisions, 1):
        verify_decision(decision, position, previous, keys)
        previous = decision
    for position, mailed in heads:
        if position > len(decisions):
            raise Invalid(f"position {position}: the decision of the mail is missing")
        if decisions[position - 1]["hash"] != mailed:
            raise Invalid(f"position {position}: the hash is not the one of the mail")
    for position, path in files:
        verify_file(decisions, position, path)


def head(text):
    """Reads `POSITION:HASH`, as in a mail."""
    parts = re.fullmatch("([1-9][0-9]*):([0-9a-f]{64})", text)
    if not parts:
        raise argparse.ArgumentTypeError("expected POSITION:HASH as in the mail: a number from 1 and 64 hexadecimal digits")
    return int(parts[1]), parts[2]


def file_at(text):
    """Reads `POSITION:PATH`."""
    parts = re.fullmatch("([1-9][0-9]*):(.+)", text, re.DOTALL)
    if not parts:
        raise argparse.ArgumentTypeError("expected POSITION:PATH: a number from 1 and the path of a file")
    return int(parts[1]), parts[2]


def is_export(decisions):
    """Whether each line has a decision with all its fields."""
    required = {*HASHED, "document", "hash", "keyId", "signature"}
    return all(isinstance(decision, dict) and required <= decision.keys() for decision in decisions)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("export", help="decisions as JSON lines, in the order of positions")
    parser.add_argument("--keys", required=True, help="JSON Web Key Set, saved from /.well-known/jwks.json")
    parser.add_argument(
        "--head", action="append", default=[], type=head, metavar="POSITION:HASH", help="position and hash in a mail"
    )
    parser.add_argument(
        "--file", action="append", default=[], type=file_at, metavar="POSITION:PATH",
        help="file that the decision at this position must list",
    )
    options = parser.parse_args()
    try:
        with open(options.keys, encoding="utf-8") as file:
            keys = public_keys(json.load(file))
    except OSError as error:
        parser.error(str(error))
    except (ValueError, KeyError, TypeError):
        parser.error(f"{options.keys} is not a JSON Web Key Set of Ed25519 keys")
    try:
        with open(options.export, encoding="utf-8") as file:
            # Split at line feeds only: texts may contain other line separators.
            decisions = [json.loads(line) for line in file.read().split("\n") if line]
    except OSError as error:
        parser.error(str(error))
    except ValueError:
        parser.error("not an export: expected one decision per line, see README.md")
    if not is_export(decisions):
        parser.error("not an export: expected one decision per line, see README.md")
    if len(decisions) > 1 and decisions[0]["position"] > decisions[-1]["position"]:
        parser.error("the newest decision is first: reverse the export")
    try:
        verify(decisions, keys, options.head, options.file)
    except OSError as error:
        parser.error(str(error))
    except Invalid as invalid:
        print(f"invalid: {invalid}")
        return 1
    newest = f", newest hash {decisions[-1]['hash']}" if decisions else ""
    print(f"valid: {len(decisions)} decisions{newest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
