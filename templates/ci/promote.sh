#!/usr/bin/env bash
# Carries a gated mission out. From the environment: MISSION, WORKSPACE, TO, ARGUMENTS (one a line), RESULT.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

arguments=("$MISSION" --to "$TO" --workspace "$WORKSPACE")
while IFS= read -r line; do
  if [ -n "$line" ]; then arguments+=("$line"); fi
done <<<"${ARGUMENTS:-}"

code=0
spec_kit promote "${arguments[@]}" --json >"$RESULT" || code=$?
report promotion "$RESULT"
output code "$code"
