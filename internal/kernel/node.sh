#!/bin/sh
# Stands in for node where jsii starts its kernel: "$1" is the starter that jsii wrote to a folder, with the kernel beside it.
[ $# -gt 0 ] || exit 0 # only asked whether it can be run
# The kernel is in a folder whose name is new in every run, and so would all be that Node.js kept of it; see kernel.js.
unset NODE_COMPILE_CACHE
kernel=${1%/bin/jsii-runtime.js}/lib/program.js
# How the kernel and its starter talk is no promise of jsii's: another version is started as it wants to be.
if [ $# -ne 1 ] || ! grep -q '"@jsii/runtime","version":"1\.139\.0"' "$kernel" 2>/dev/null; then
  exec node "$@"
fi
exec node --preserve-symlinks "${0%/*}/kernel.js" "$kernel" 3<&0 4>&1 </dev/null 1>&2
