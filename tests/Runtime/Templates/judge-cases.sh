#!/usr/bin/env bash
# Judges every case file (golden-liquid's format) under a folder against our Liquid, and prints the counts.
# Usage: judge-cases.sh FOLDER [--list]     --list names the cases that are left apart, too.
set -euo pipefail
[ $# -ge 1 ] && [ -d "$1" ] || { echo "usage: $0 FOLDER [--list]" >&2; exit 2; }
folder=$(cd "$1" && pwd)
tests=$(cd "$(dirname "$0")/.." && pwd)
report=$(mktemp)
trap 'rm -f "$report"' EXIT
export TEMPLATE_CASES="$folder" TEMPLATE_CASES_REPORT="$report" TEMPLATE_CASES_LIST=$([ "${2:-}" = --list ] && echo 1 || echo 0)
code=0
log=$(dotnet test "$tests" -v q --nologo --filter FullyQualifiedName~A_folder_of_cases 2>&1) || code=$?
if [ -s "$report" ]; then cat "$report"; else echo "$log"; fi
exit "$code"
