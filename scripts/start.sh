#!/usr/bin/env bash
# Builds the application, compiled ahead of time so that it starts at once, and runs it in this directory.
set -e
root="$(cd "$(dirname "$0")/.." && pwd)"
rid=$(dotnet msbuild "$root/src/Designer" -getProperty:NETCoreSdkPortableRuntimeIdentifier)
dotnet publish "$root/src/Designer" -c Release -r "$rid" --no-self-contained -p:PublishReadyToRun=true -o "$root/artifacts/app" --nologo -v q
exec dotnet "$root/artifacts/app/PromptDesigner.Designer.dll" "$@"
