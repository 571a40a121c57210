"""What the results were measured on and with."""

import os
import platform
import re
import subprocess
from datetime import date
from pathlib import Path

from . import builds
from .paths import ROOT


def processor():
    match = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return match[1] if match else platform.processor()


def memory_gib():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def output(*command):
    """What a command prints, or nothing when it is not there or fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def debian_version(package):
    """The version of the software in a Debian package, without what Debian adds to it before and after."""
    return re.split(r"[-+~]", output("dpkg-query", "-W", "-f", "${Version}", package).split(":")[-1])[0]


def swift_package_version(scratch, name):
    """The version of a dependency that a build of ours uses."""
    state = scratch / "workspace-state.json"
    found = re.search(rf'"{name}".*?"version"\s*:\s*"([^"]+)"', state.read_text(), re.S) if state.exists() else None
    return found[1] if found else ""


def versions():
    """The versions of all that takes part, as {name: version}, without what is not there."""
    swift = re.search(r"Swift version ([\d.]+)", output("swift", "--version"))
    found = {
        "swift-grpc": output("git", "describe", "--always", "--dirty"),
        "Swift": swift[1] if swift else "",
        "grpc-swift-2": swift_package_version(builds.GRPC_SWIFT_2_SCRATCH, "grpc-swift-2"),
        "swift-protobuf": swift_package_version(builds.SWIFT_SCRATCH, "swift-protobuf"),
        "gRPC C++": debian_version("libgrpc++-dev"),
        "C++ protobuf": debian_version("libprotobuf-dev"),
        "grpc-go": debian_version("golang-google-grpc-dev"),
        "Go": debian_version("golang-go"),
        "nghttp2": debian_version("nghttp2-server"),
        "g++": output("g++", "-dumpfullversion"),
    }
    return {name: version for name, version in found.items() if version}


def description():
    """One paragraph: day, machine, versions."""
    parts = ", ".join(f"{name} {version}" for name, version in versions().items())
    return (
        f"{date.today()}, {processor()}, {os.cpu_count()} cores, {memory_gib()} GiB, "
        f"{platform.system()} {platform.release().split('-')[0]}; {parts}.")
