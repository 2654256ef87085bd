#!/usr/bin/env bash
# Exports the proof of a mission and verifies it as a stranger would. From the environment: MISSION, WORKSPACE, EVIDENCE (folder to write), RESULT.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

code=0
spec_kit evidence export "$MISSION" --workspace "$WORKSPACE" --out "$EVIDENCE" >&2 || code=$?
if [ "$code" = 0 ]; then
  output evidence "$EVIDENCE"
  spec_kit verify "$EVIDENCE" --json >"$RESULT" || code=$?
  report verification "$RESULT"
fi
output code "$code"
