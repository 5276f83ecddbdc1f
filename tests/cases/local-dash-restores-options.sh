# local - makes set changes of a function end with it.
f() { local -; set -f; case $- in *f*) echo on;; esac; }
f; case $- in *f*) echo still;; *) echo off;; esac
