#!/usr/bin/env bash
# Builds everything once and runs all tests. The last line says how many passed and failed.
set -u
cd "$(dirname "$0")/.."
# Tests that look at pages drive Chromium: the one in $CHROMIUM, or the system's.
if [ ! -x "${CHROMIUM:-}" ] && ! command -v chromium chromium-browser google-chrome > /dev/null; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
    echo "Installing chromium for the tests in a browser."
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } > /dev/null
  fi
  command -v chromium > /dev/null || { echo "There is no Chromium. Install the package chromium, or set CHROMIUM to its path; then run this again."; echo "0 passed, 1 failed"; exit 1; }
fi
rm -rf artifacts/trx
dotnet build PromptDesigner.sln --nologo -v q -clp:ErrorsOnly || { echo "0 passed, 1 failed"; exit 1; }
rc=0
running=()
for project in Runtime Designer Data; do
  dotnet test "tests/$project" --no-build --nologo -v q "$@" &
  running+=($!)
done
for one in "${running[@]}"; do wait "$one" || rc=1; done
# Processes that are killed and pages that are looked at want the machine for themselves; they run beside each other, since both wait a lot.
# A test that hangs is named and ended; without that nobody would learn of the others.
dotnet test tests/EndToEnd --no-build --nologo -v q --blame-hang-timeout 12m --blame-hang-dump-type none "$@" || rc=1
read -r p f s < <(grep -ho '<Counters [^>]*' artifacts/trx/*.trx 2>/dev/null |
  sed -E 's/.* total="([0-9]+)" executed="([0-9]+)" passed="([0-9]+)" failed="([0-9]+)".*/\1 \2 \3 \4/' |
  awk '{t+=$1;e+=$2;p+=$3} END {print p+0, e-p, t-e}')
[ $((p + f)) -gt 0 ] && [ "$f" -eq 0 ] || rc=1
if [ "$f" -gt 0 ]; then # why, for those who see only this output
  grep -h -A 30 '<UnitTestResult .*outcome="Failed"' artifacts/trx/*.trx | grep -E 'testName=|<Message>|<StackTrace>|^ +at PromptDesigner' | sed -E 's/.*testName="([^"]*)".*/\1/' | head -60
fi
echo "$p passed, $f failed, $s skipped"
exit $rc
