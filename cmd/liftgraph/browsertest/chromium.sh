#!/usr/bin/env bash
# Prints the path of a Chromium, which is installed where apt-get may; exits 69 where there is none.
set -euo pipefail
find_one() {
	for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
		[ -n "$name" ] && command -v "$name" && return
	done
	return 1
}
find_one && exit
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends chromium fonts-dejavu-core; } >&2 || true
	find_one && exit
fi
echo "there is no Chromium, and it can't be installed: apt-get, as root, would; CHROMIUM names one" >&2
exit 69
