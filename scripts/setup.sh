#!/bin/sh
# Makes .venv in the repository root and installs LiveInsight with all development tools. Called by `make setup`.
# PYTHON=python3.13 make setup   chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."

fail() { echo "$1" >&2; exit 1; }
works() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
is_whole() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1; }

# Where packages come from is the machine's business; where and how they are installed is ours.
for name in $(env | sed -n 's/^\(PIP_[A-Z_]*\)=.*/\1/p'); do
  case $name in
    PIP_*INDEX* | PIP_FIND_LINKS | PIP_*CERT | PIP_PROXY | PIP_TRUSTED_HOST | PIP_KEYRING_PROVIDER) ;;
    PIP_CONFIG_FILE | PIP_CACHE_DIR | PIP_*TIMEOUT | PIP_RETRIES) ;;
    *) unset "$name" ;;
  esac
done
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH

if ! { works .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; }; then
  found=
  candidates=${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}
  # datasketches has no package for 3.14 yet: LiveInsight runs there, but DynamoDB's tests want it.
  for python in $candidates; do
    if is_whole "$python"; then found=$python; break; fi
  done
  for python in $candidates; do
    if [ -z "$found" ] && works "$python"; then found=$python; fi
  done
  [ -n "$found" ] ||
    fail "LiveInsight needs Python 3.11 or newer, not ${PYTHON:-python3}: name one with 'make setup PYTHON=/path/to/it'."
  "$found" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$found has no venv module: install it (Debian and Ubuntu: apt-get install python3-venv) and run make again."
  echo "Creating .venv with $("$found" --version)"
  "$found" -m venv --clear .venv
fi

echo "Installing LiveInsight and its tools into .venv (a minute or two the first time)"
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-user -c constraints.txt -e '.[dev]' ||
  fail "The installation failed: see pip's message above. 'make clean' and 'make setup' start over."
