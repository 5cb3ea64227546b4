"""One archive that installs where there is no network: wheels with the models in them, checksums, scripts, licences.

    python bundle/make.py                       # for this machine's kind, into dist/
    python bundle/make.py --machine aarch64     # for ARM servers, out of the registry's wheels

Each package is taken in the version that this environment has, with which the tests run. What the default encoder does
not need is left out (`LEFT_OUT`). The archive is complete if whatever a wheel in it asks for is in it: that is checked
by what the wheels themselves say, for the machine that they are for.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

HERE = Path(__file__).parent
ROOT = HERE.parent
PRODUCT = "xiangwen"
LEFT_OUT = frozenset({"torch", "sentence-transformers"})
"""What only a model other than the default one needs."""
GLIBC = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_26", "manylinux_2_24", "manylinux_2_17", "manylinux2014")
"""The Linux that the wheels run on, the newest first: glibc 2.28, Debian 10 and whatever is later."""
_LICENCE = re.compile(r"(?i)(^|/)(licen[cs]e|copying|notice|authors)[^/]*$")
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


def surroundings(machine: str) -> dict[str, str]:
    """What the conditions of a requirement are asked of: Linux on that machine, with this Python."""
    return {
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "extra": "",
    }


def wanted(requirements: list[str], extras: set[str], machine: str) -> Iterator[Requirement]:
    """Those of a package's requirements that count there."""
    for requirement in map(Requirement, requirements):
        conditions = [{**surroundings(machine), "extra": extra} for extra in ("", *sorted(extras))]
        counts = requirement.marker is None or any(requirement.marker.evaluate(each) for each in conditions)
        if counts and canonicalize_name(requirement.name) not in LEFT_OUT:
            yield requirement


def pins(machine: str) -> dict[str, str]:
    """Name and version of all packages that the product needs, as this environment has them."""
    extras: dict[str, set[str]] = {}
    open_ends = [(PRODUCT, set[str]())]
    while open_ends:
        name, asked = open_ends.pop()
        for requirement in wanted(distribution(name).requires or [], asked, machine):
            found = canonicalize_name(requirement.name)
            if found not in extras or not requirement.extras <= extras[found]:
                extras.setdefault(found, set()).update(requirement.extras)
                open_ends.append((found, extras[found]))
    return {name: distribution(name).version for name in sorted(extras)}


def fetch(packages: dict[str, str], machine: str, wheels: Path) -> None:
    """Download the wheels; what is published as source alone is built, which only pure Python survives."""
    tags = [option for tag in GLIBC for option in ("--platform", f"{tag}_{machine}")]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    options = ["--no-deps", "--only-binary=:all:", "--implementation=cp", f"--python-version={python}", *tags]
    options += [f"--abi={abi}" for abi in (f"cp{python.replace('.', '')}", "abi3", "none")]
    names = [f"{name}=={version}" for name, version in packages.items()]
    while names:
        command = [*PIP, "download", *options, f"--dest={wheels}", *names]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode == 0:
            return
        without = re.search(r"No matching distribution found for (\S+)", done.stderr)
        if without is None or without[1] not in names:
            raise SystemExit(done.stderr)
        subprocess.run([*PIP, "wheel", "--no-deps", f"--wheel-dir={wheels}", without[1]], check=True)
        names.remove(without[1])


def metadata(wheel: Path) -> Message:
    """What a wheel says of itself."""
    with ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))
        return Parser().parsestr(archive.read(name).decode("utf-8"))


def missing(wheels: Path, machine: str) -> list[str]:
    """What a wheel asks for and the folder does not have, or has for another machine or Python."""
    found = {canonicalize_name(parse_wheel_filename(wheel.name)[0]): wheel for wheel in wheels.glob("*.whl")}
    problems = []
    extras: dict[str, set[str]] = {}
    open_ends = [(PRODUCT, set[str]())]
    while open_ends:
        name, asked = open_ends.pop()
        for requirement in wanted(metadata(found[name]).get_all("Requires-Dist") or [], asked, machine):
            other = canonicalize_name(requirement.name)
            if other not in found:
                problems.append(f"{name} asks for {requirement}, which is not there")
            elif not requirement.specifier.contains(parse_wheel_filename(found[other].name)[1], prereleases=True):
                problems.append(f"{name} asks for {requirement}, but there is {found[other].name}")
            elif other not in extras or not requirement.extras <= extras[other]:
                extras.setdefault(other, set()).update(requirement.extras)
                open_ends.append((other, extras[other]))
    for wheel in found.values():
        platforms = {tag.platform for tag in parse_wheel_filename(wheel.name)[3]}
        if not any(p == "any" or (p.endswith(machine) and p.startswith(("manylinux", "linux"))) for p in platforms):
            problems.append(f"{wheel.name} is for another machine")
    return sorted(set(problems))


def write_licences(wheels: Path, folder: Path) -> None:
    """The licence texts that the wheels bring, and a table of what each says of its licence."""
    rows = []
    for wheel in sorted(wheels.glob("*.whl")):
        told = metadata(wheel)
        label = f"{told['Name']}-{told['Version']}"
        texts = 0
        with ZipFile(wheel) as archive:
            for name in archive.namelist():
                if _LICENCE.search(name) and not name.endswith((".py", "/")):
                    target = folder / label / name.replace("/", "_")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))
                    texts += 1
        classified = [c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
        licence = told["License-Expression"] or "; ".join(classified) or (told["License"] or "").split("\n")[0]
        rows.append((told["Name"], told["Version"], licence, texts, told["Home-page"] or ""))
    with (folder / "licences.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("package", "version", "licence", "texts", "home page"), *rows])


def sha256(path: Path) -> str:
    """The digest of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make(machine: str, out: Path) -> Path:
    """Write the archive and return its path."""
    version = distribution(PRODUCT).version
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"{PRODUCT}-{version}-linux-{machine}-py{python}"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / name
        wheels, licences = folder / "wheels", folder / "licences"
        wheels.mkdir(parents=True)
        licences.mkdir()
        subprocess.run([*PIP, "wheel", "--no-deps", f"--wheel-dir={wheels}", str(ROOT)], check=True)
        fetch(pins(machine), machine, wheels)
        problems = missing(wheels, machine)
        if problems:
            raise SystemExit("The bundle is not complete:\n" + "\n".join(problems))
        requirements = []
        for wheel in sorted(wheels.glob("*.whl")):
            package, number, *_ = parse_wheel_filename(wheel.name)
            requirements.append(f"{package}=={number} --hash=sha256:{sha256(wheel)}")
        (folder / "requirements.txt").write_text("\n".join(requirements) + "\n", "utf-8")
        told = {"version": version, "machine": machine, "python": python, "glibc": GLIBC[0].removeprefix("manylinux_")}
        (folder / "bundle.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")
        write_licences(wheels, licences)
        for file in (HERE / "install.sh", HERE / "upgrade.sh", ROOT / "LICENSE", ROOT / "docs" / "offline.md"):
            shutil.copy(file, folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        sums = "".join(f"{sha256(path)}  {path.relative_to(folder)}\n" for path in files)
        (folder / "SHA256SUMS").write_text(sums, "utf-8")
        out.mkdir(parents=True, exist_ok=True)
        archive = out / f"{name}.tar"  # wheels are compressed already
        with tarfile.open(archive, "w") as tar:
            tar.add(folder, name)
    (out / f"{name}.tar.sha256").write_text(f"{sha256(archive)}  {archive.name}\n", "utf-8")
    print(f"{archive}: {len(requirements)} packages, {archive.stat().st_size / 1e6:.0f} MB, complete for {machine}")
    return archive


def main() -> None:
    """Make the archive for one kind of machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machine", default=platform.machine(), choices=("x86_64", "aarch64"))
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    arguments = parser.parse_args()
    make(arguments.machine, arguments.out)


if __name__ == "__main__":
    main()
