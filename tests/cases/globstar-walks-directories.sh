# With globstar ** matches any depth, **/ only directories.
shopt -s globstar
mkdir -p t/u/v; touch t/1 t/u/2 t/u/v/3
echo t/**
echo t/**/
echo t/**/[23]
