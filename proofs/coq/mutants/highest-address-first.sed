# Buddy.v: of several blocks the highest is taken
s/\(fst b <=\? fst c\)/(fst c <=? fst b)/
