# The image of the action. It builds with BuildKit and with the classic builder alike, because
# `image: Dockerfile` in action.yml is built by whatever engine the caller's runner has: hence no
# `RUN --mount` and no heredocs.

# A release fills in the digest: --build-arg BASE=python:3.13-slim-trixie@sha256:…
ARG BASE=base


# A line of its own, since Dependabot reads no arguments.
FROM python:3.13-slim-trixie AS base


# hadolint ignore=DL3006
FROM ${BASE} AS builder

WORKDIR /build

# An environment of its own, so that the final stage takes over one folder and nothing else. It has
# no pip: the base's pip installs into it from outside.
RUN python -m venv --without-pip /opt/action

# Before the code, so that a change of the code does not install everything again.
# The lock names every package, so nothing is left to resolve (--no-deps). A source package would
# run its own build code here, unpinned (--only-binary).
COPY requirements.txt ./
RUN pip --python /opt/action/bin/python install \
      --quiet --disable-pip-version-check --root-user-action ignore --no-cache-dir \
      --require-hashes --no-deps --only-binary :all: --no-compile \
      --requirement requirements.txt \
 # Test suites that some wheels carry. Nothing imports them. The CEL library's wheel also has its
 # build folder and extensions that no gate can name, three quarters of it.
 && find /opt/action/lib -depth -type d \
      \( -name tests -o -name test -o -name bazel-project -o -path '*/cel_expr_python/ext' \) \
      -exec rm -r {} +

COPY LICENSE /opt/action/
COPY entrypoint ./entrypoint
# Into the environment rather than on a path: with -I (below) Python looks nowhere else.
# Each run is a fresh container, so what is not compiled here is compiled on every run. The hashes
# are not checked at run time, because nothing can change the sources of an image.
# The script starts as ENTRYPOINT does (below), for the same reasons.
RUN purelib="$(/opt/action/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
 && cp -r entrypoint "${purelib}/" \
 && printf '%s\n' \
    '#!/usr/bin/env -S --block-signal=INT --block-signal=TERM /opt/action/bin/python -Iu' \
    'import sys' 'from entrypoint.post_start import start' 'sys.exit(start())' \
    > /opt/action/bin/devin-gate-post \
 && chmod 755 /opt/action/bin/devin-gate-post \
 && /opt/action/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/action/lib


# hadolint ignore=DL3006
FROM ${BASE}

# A release adds source, revision and version with --label: only it knows them.
LABEL org.opencontainers.image.title="Devin Gate" \
      org.opencontainers.image.description="Give Devin a task from a workflow, wait for its answer, pass or fail the step" \
      org.opencontainers.image.licenses="Apache-2.0"

COPY --from=builder /opt/action /opt/action

# The official base ships its standard library without bytecode. Importing everything once leaves
# the bytecode of the modules that a run needs, a quarter of what the whole library would take, and
# fails the build where a module cannot be imported. The libraries are named because the package
# imports them late; runpy is what -m uses.
RUN ["/opt/action/bin/python", "-I", "-c", "\
import importlib, pkgutil, runpy; \
import cel_expr_python.cel, github, jsonschema, referencing, requests, yaml; \
import entrypoint; \
names = [m.name for m in pkgutil.walk_packages(entrypoint.__path__, 'entrypoint.')]; \
[importlib.import_module(name) for name in names if not name.endswith('.__main__')]"]

# No USER: GitHub requires container actions to run as root, because the workspace and the files for
# outputs are mounted with the runner's owner.
#
# -I: the working directory is the caller's checkout. Without it, a requests.py there would be
#     imported instead of ours, with the key in its environment. It also ignores PYTHONPATH.
# -u: the log must appear line by line, and -I ignores PYTHONUNBUFFERED.
# The exec form: a cancelled job's signals reach process 1, which is Python, since env becomes it.
# --block-signal: what comes before Python has its handlers waits for them. Otherwise SIGINT would
#     end it with a traceback and no output, and SIGTERM would be lost, as the kernel keeps it from
#     a process 1 without a handler.
ENTRYPOINT ["/usr/bin/env", "--block-signal=INT", "--block-signal=TERM", \
  "/opt/action/bin/python", "-I", "-u", "-m", "entrypoint"]
