# Numbers, zero padding, steps, downwards and letters.
echo {1..5} {5..1} {01..03} {1..10..3} {a..e} {e..a..2} {-2..2} {9..10..0}
