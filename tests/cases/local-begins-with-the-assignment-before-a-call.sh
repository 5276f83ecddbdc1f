show() { local v; echo "${v-unset}"; }
outer() { show; }
v=global
show
v=before show
v=before outer
v=before eval show
export v
show
