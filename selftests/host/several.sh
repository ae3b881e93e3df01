#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# several.sh NAME...: runs scripts of this directory one after the other in one boot; for kernels
# that take long to boot and to be searched for leaks.
set -uo pipefail

code=0
for name; do
	echo "# $name.sh"
	"$(dirname "$0")/$name.sh" || code=1
done
exit $code
