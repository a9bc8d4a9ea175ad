#!/bin/bash
# The clients that people use: tus-js-client, Uppy in the browser, python3-tuspy, and curl as the
# README has it.
. "$(dirname "$0")/lib.sh"
user ann
drive tus-clients.mjs "$url" "$token" "$tmp" "$var"
"$coffer" fsck --read || fail fsck
