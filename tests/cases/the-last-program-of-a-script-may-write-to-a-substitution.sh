seq 3 > >(tac)
