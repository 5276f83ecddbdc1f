# What is no sequence stays as written.
echo {1..} {a..3} {1..2..x} {1...3} {..}
