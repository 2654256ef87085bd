# shellcheck shell=bash
# What the steps share. Outputs go to GITHUB_OUTPUT and the summary to GITHUB_STEP_SUMMARY, where there are such files; else to nowhere and stdout.
: "${here:?whoever reads this says where it lies}"

# The command line: of a checkout (ACTION), or whatever SPEC_KIT says.
spec_kit() {
  if [ -n "${ACTION:-}" ]; then
    "$ACTION/node_modules/.bin/spec-kit" "$@"
  else
    # Words are meant: a command and its arguments.
    # shellcheck disable=SC2086
    $SPEC_KIT "$@"
  fi
}

# output NAME VALUE: values are one line each.
output() {
  printf '%s=%s\n' "$1" "$(printf '%s' "$2" | tr -d '\r\n')" >>"${GITHUB_OUTPUT:-/dev/null}"
}

# report KIND FILE: outputs and summary of a document that a command printed.
report() {
  node "$here/report.js" "$1" "$2" ${GITHUB_OUTPUT:+"$GITHUB_OUTPUT"} >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}" || printf 'There is no result: see above.\n' >&2
}
