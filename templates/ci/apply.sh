#!/usr/bin/env bash
# Runs a mission for CI. From the environment: BUNDLE, AGENT, POLICY, ARGUMENTS (one a line), WORKSPACE, RESULT (file to write), ACTION (a checkout) or SPEC_KIT.
# Ends with 0 whatever became of the mission: `code` and the other outputs say that.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

arguments=("$BUNDLE" --agent "${AGENT:-compiler}" --workspace "$WORKSPACE")
if [ -n "${POLICY:-}" ]; then arguments+=(--release-policy "$POLICY"); fi
while IFS= read -r line; do
  if [ -n "$line" ]; then arguments+=("$line"); fi
done <<<"${ARGUMENTS:-}"

code=0
spec_kit apply "${arguments[@]}" --json >"$RESULT" || code=$?

report mission "$RESULT"
output code "$code"
